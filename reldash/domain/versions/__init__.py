"""Version text: parsing, classifying, comparing, ordering."""
