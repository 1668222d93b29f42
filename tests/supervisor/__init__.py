"""The processes of the quick start: started, watched, ended, none left."""
