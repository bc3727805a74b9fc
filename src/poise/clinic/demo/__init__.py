"""A demo clinic with simulated patients."""
