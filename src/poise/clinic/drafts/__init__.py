"""What a person has typed and not yet saved, kept on the server so that nothing typed is lost."""
