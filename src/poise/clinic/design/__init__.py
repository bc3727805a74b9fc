"""How pages look and sound: templates, styles, scripts, the words in English and Spanish."""
