//! VAN's database modes, as values and as types.
//!
//! A key opens two databases, My Voters and My Campaign, each with contacts, activist codes and custom fields of its own.
//! What a key may import, and the ids in it, differ between the two, so a job that was built for one must not be sent to
//! the other. Therefore the mode is a type, too: the generator writes the mode of its snapshot into the resource types, a
//! [`FinishedJob`](crate::FinishedJob) remembers it, and only a client of that mode, or of any mode, takes the job.
//!
//! A program that holds the builders of several profiles, such as two tenants that both are in My Campaign, has a type for
//! each profile, which the generator writes. It is a mode of its own: the jobs of a profile are taken by clients of that
//! profile, or of any mode.

use std::fmt;

/// Which of VAN's databases a request is about (VAN's docs on authentication).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatabaseMode {
    /// My Voters: mode 0.
    MyVoters,
    /// My Campaign: mode 1.
    MyCampaign,
}

impl DatabaseMode {
    /// Reads `my-voters` or `0`, `my-campaign` or `1`, in any case.
    ///
    /// # Errors
    /// When the word is another.
    pub fn from_word(word: &str) -> Result<Self, UnknownMode> {
        match word.trim().to_ascii_lowercase().as_str() {
            "my-voters" | "0" => Ok(Self::MyVoters),
            "my-campaign" | "1" => Ok(Self::MyCampaign),
            _ => Err(UnknownMode),
        }
    }

    /// The digit that VAN reads after the API key.
    pub fn digit(self) -> char {
        match self {
            Self::MyVoters => '0',
            Self::MyCampaign => '1',
        }
    }
}

impl fmt::Display for DatabaseMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MyVoters => "my-voters",
            Self::MyCampaign => "my-campaign",
        })
    }
}

/// A word is no database mode. The word is not repeated: where a mode is asked for, people have pasted keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownMode;

impl fmt::Display for UnknownMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the database mode is neither my-voters (or 0) nor my-campaign (or 1)")
    }
}

impl std::error::Error for UnknownMode {}

/// The mode of jobs and clients for My Voters. It has no values.
pub enum MyVoters {}

/// The mode of jobs and clients for My Campaign. It has no values.
pub enum MyCampaign {}

/// The mode of jobs whose snapshot tells none, and of clients that find out when they run. It has no values.
pub enum AnyMode {}

/// A database mode as a type: [`MyVoters`], [`MyCampaign`], [`AnyMode`], or the type that the generator writes for a profile.
pub trait Mode: crate::__private::IsMode + 'static {
    /// The mode; none for [`AnyMode`], and for a profile whose snapshot tells none.
    const MODE: Option<DatabaseMode>;
    /// The name of the profile, for messages; none for a mode that is for any profile.
    const PROFILE: Option<&'static str> = None;
}

impl Mode for MyVoters {
    const MODE: Option<DatabaseMode> = Some(DatabaseMode::MyVoters);
}
impl Mode for MyCampaign {
    const MODE: Option<DatabaseMode> = Some(DatabaseMode::MyCampaign);
}
impl Mode for AnyMode {
    const MODE: Option<DatabaseMode> = None;
}

/// A job of this mode can be submitted by a client for `ClientMode`: one of the same mode, or either is [`AnyMode`]. The jobs
/// of a profile that has a type of its own can be submitted by clients for that profile, and for [`AnyMode`].
///
/// With a client for [`AnyMode`], the mode of its credentials is compared when the program runs.
#[diagnostic::on_unimplemented(
    message = "a job for `{Self}` cannot be submitted by a client for `{ClientMode}`",
    label = "the job is for `{Self}`, the client for `{ClientMode}`",
    note = "each database has contacts and ids of its own: submit the job by a client for `{Self}`, or build it with builders that were generated from a snapshot of `{ClientMode}`"
)]
pub trait SubmitsWith<ClientMode>: Mode {}

#[diagnostic::do_not_recommend]
impl SubmitsWith<MyVoters> for MyVoters {}
#[diagnostic::do_not_recommend]
impl SubmitsWith<AnyMode> for MyVoters {}
#[diagnostic::do_not_recommend]
impl SubmitsWith<MyCampaign> for MyCampaign {}
#[diagnostic::do_not_recommend]
impl SubmitsWith<AnyMode> for MyCampaign {}
#[diagnostic::do_not_recommend]
impl<M: Mode> SubmitsWith<M> for AnyMode {}

impl crate::__private::IsMode for MyVoters {}
impl crate::__private::IsMode for MyCampaign {}
impl crate::__private::IsMode for AnyMode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_read_in_words_and_digits_and_written_in_words() {
        for (word, mode, digit) in [
            ("my-voters", DatabaseMode::MyVoters, '0'),
            (" My-Campaign ", DatabaseMode::MyCampaign, '1'),
            ("0", DatabaseMode::MyVoters, '0'),
            ("1", DatabaseMode::MyCampaign, '1'),
        ] {
            assert_eq!(DatabaseMode::from_word(word), Ok(mode));
            assert_eq!(DatabaseMode::from_word(&mode.to_string()), Ok(mode));
            assert_eq!(mode.digit(), digit);
        }
        assert_eq!(DatabaseMode::from_word("s3cret"), Err(UnknownMode));
        assert!(!UnknownMode.to_string().contains("s3cret"));
    }

    #[test]
    fn the_types_tell_their_modes() {
        assert_eq!(MyVoters::MODE, Some(DatabaseMode::MyVoters));
        assert_eq!(MyCampaign::MODE, Some(DatabaseMode::MyCampaign));
        assert_eq!(AnyMode::MODE, None);
    }
}
