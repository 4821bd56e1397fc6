# One machine and one bucket, and nothing that is public. Read by python-hcl2 in the tests; never applied.
terraform {
  required_version = ">= 1.6"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

variable "project" {
  type        = string
  description = "The project that pays."
}

variable "region" {
  type        = string
  description = "Where data and machine are; the same for both, or each read is billed as traffic."
  default     = "europe-west9"
}

variable "image" {
  type        = string
  description = "The image by digest, so that what was tested is what runs."

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "Name the image by its digest: registry/name@sha256:..."
  }
}

provider "google" {
  project = var.project
  region  = var.region
}

# landing/ and the published Parquet; what was landed is the source of truth, so versions are kept
resource "google_storage_bucket" "data" {
  name                        = "${var.project}-crescendo"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }

  lifecycle_rule {
    condition {
      num_newer_versions = 3
    }
    action {
      type = "Delete"
    }
  }
}

resource "google_service_account" "daily" {
  account_id   = "crescendo-daily"
  display_name = "Runs the day; reads its secrets, writes its bucket"
}

# rights of one bucket, not of the project
resource "google_storage_bucket_iam_member" "daily" {
  bucket = google_storage_bucket.data.name
  role   = "roles/storage.objectUser"
  member = "serviceAccount:${google_service_account.daily.email}"
}

# the place of the secret; its value is put in by hand, so that no state file has it
resource "google_secret_manager_secret" "tmdb" {
  secret_id = "tmdb-token"

  replication {
    auto {}
  }

  rotation {
    rotation_period    = "7776000s"
    next_rotation_time = "2027-03-01T06:00:00Z"
  }

  topics {
    name = google_pubsub_topic.rotation.id
  }
}

resource "google_pubsub_topic" "rotation" {
  name = "crescendo-secret-rotation"
}

resource "google_secret_manager_secret_iam_member" "daily" {
  secret_id = google_secret_manager_secret.tmdb.id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${google_service_account.daily.email}"
}

# a task that ends, not a machine that waits
resource "google_cloud_run_v2_job" "daily" {
  name                = "crescendo-daily"
  location            = var.region
  deletion_protection = true

  template {
    template {
      service_account = google_service_account.daily.email
      timeout         = "3600s"
      max_retries     = 2

      containers {
        image = var.image
        args  = ["crescendo", "build"]

        resources {
          limits = {
            cpu    = "2"
            memory = "8Gi"
          }
        }

        volume_mounts {
          name       = "data"
          mount_path = "/data/landing"
        }

        env {
          name = "TMDB_TOKEN"
          value_source {
            secret_key_ref {
              secret  = google_secret_manager_secret.tmdb.secret_id
              version = "latest"
            }
          }
        }
      }

      volumes {
        name = "data"
        gcs {
          bucket = google_storage_bucket.data.name
        }
      }
    }
  }
}
