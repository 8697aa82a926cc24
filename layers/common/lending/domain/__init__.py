"""What the service is: rules and values. Pure: no AWS, no environment, no clock, no random."""
