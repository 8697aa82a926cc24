"""What the service is done with: table, images, mailer, accounts, http, settings, telemetry."""

import gc

# What is made at start-up stays. To look through it every 700 objects took a tenth of a cold start.
gc.set_threshold(50_000)
