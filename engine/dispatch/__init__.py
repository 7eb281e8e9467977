"""How work is found and handed out: events to those who listen, jobs to threads here or to many machines."""
