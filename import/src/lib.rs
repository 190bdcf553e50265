//! Packs, submits, follows and reconciles VAN bulk imports
