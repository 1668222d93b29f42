"""Pod Security admission: the levels baseline and restricted, chosen by labels of the namespace."""
