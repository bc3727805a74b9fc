"""Commands of this app, for developers."""
