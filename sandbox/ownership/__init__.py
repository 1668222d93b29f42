"""Server-side apply and managedFields: which manager owns which fields of an object."""
