"""Who works here and who is treated here: accounts, roles, invitations, sessions, breaking the glass."""
