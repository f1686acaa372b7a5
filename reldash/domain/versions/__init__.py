"""Version texts: parse them, recognise moving tags, compare and order them."""
