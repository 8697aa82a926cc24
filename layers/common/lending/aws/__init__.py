"""What the service is done with: table, images, mailer, accounts, http, settings, telemetry."""
