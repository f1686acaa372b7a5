"""Screens: the only part that knows Streamlit."""
