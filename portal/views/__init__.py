"""Pages that gather from every app: home, the approver's inbox, search."""
