use van_bulk::mapping::Apply;
use van_bulk::mode::SubmitsWith;
use van_bulk::payload::{MappingType, Payload};
use van_bulk::{FinishedJob, Header, Job, Resource};
use van_bulk_import::ClientError;
use van_bulk_import::client::{AnyMode, Client, DatabaseMode, JobId, Mode, MyCampaign, MyVoters};

use super::server::{Server, credentials_for, json};

/// The resource type of the builders of one database mode.
struct Contacts<M>(std::marker::PhantomData<M>);

impl<M: Mode> Resource for Contacts<M> {
    const NAME: &'static str = "Contacts";
    type Start = ();
    type Mode = M;
}

/// A mapping type without fields.
struct Everything;

impl<M, T> Apply<Contacts<M>, T, ()> for Everything {
    const RULES: &'static van_bulk::rules::MappingRules<'static> = &van_bulk::rules::MappingRules {
        name: "Everything",
        multiplicity: van_bulk::rules::Multiplicity::Multiple,
        resource_types: &["Contacts"],
        fields: &[],
        required: &[],
        required_when_allowed: &[],
        static_only: &[],
        parents: &[],
        limits: &[],
        any_parent: &[],
        exclusive: &[],
    };
    type Next = ();
    fn into_mapping(self) -> MappingType {
        MappingType {
            name: "Everything".into(),
            result_file_column_name: None,
            field_value_mappings: Vec::new(),
        }
    }
}

/// A job that was built for one database mode.
pub(super) fn job<M: Mode>() -> FinishedJob<M> {
    let header = Header::new(["VanID"]).unwrap();
    Job::<Contacts<M>, Header>::with_header("Sign-ups", &header).apply(Everything).finish().unwrap()
}

const VOTERS: DatabaseMode = DatabaseMode::MyVoters;
const CAMPAIGN: DatabaseMode = DatabaseMode::MyCampaign;

async fn api() -> Server {
    Server::start(|_, _| json(200, r#"{"jobId":7}"#)).await
}

fn client<M: Mode>(server: &Server, mode: DatabaseMode) -> Client<M> {
    Client::builder(&server.url("/v4"), credentials_for(mode)).mode::<M>().build().unwrap()
}

#[tokio::test]
async fn a_job_is_submitted_with_its_file_by_a_client_of_its_mode() {
    let (server, uploads) = (api().await, api().await);
    let job = job::<MyVoters>();
    let client = client::<MyVoters>(&server, VOTERS);
    let source_url = uploads.url("/rows.zip?signature=abc");
    assert_eq!(client.submit(&job, "rows.csv", source_url.clone()).await.unwrap(), JobId(7));
    assert_eq!(uploads.requests().len(), 0, "uploads are for VAN to fetch, and no credentials go there");
    let requests = server.requests();
    assert_eq!((requests.len(), requests[0].method.as_str()), (1, "POST"));
    let sent: Payload = serde_json::from_str(&requests[0].body).unwrap();
    assert_eq!(sent, job.payload("rows.csv", source_url));
}

#[tokio::test]
async fn a_client_for_any_mode_submits_jobs_of_the_mode_of_its_credentials_only() {
    let server = api().await;
    let (voters, campaign) = (client::<AnyMode>(&server, VOTERS), client::<AnyMode>(&server, CAMPAIGN));
    voters.submit(&job::<MyVoters>(), "a", "b").await.unwrap();
    campaign.submit(&job::<MyCampaign>(), "a", "b").await.unwrap();
    assert_eq!(server.requests().len(), 2);

    let error = voters.submit(&job::<MyCampaign>(), "a", "b").await.unwrap_err();
    assert!(matches!(error, ClientError::WrongMode { job: CAMPAIGN, client: VOTERS, .. }), "{error}");
    assert!(error.is_definite_refusal() && !error.is_transient());
    assert!(
        error.to_string().starts_with(
            "the job was built for my-campaign, but the credentials of the client are for my-voters"
        ),
        "{error}"
    );
    let error = campaign.submit(&job::<MyVoters>(), "a", "b").await.unwrap_err();
    assert!(matches!(error, ClientError::WrongMode { job: VOTERS, client: CAMPAIGN, .. }), "{error}");
    assert_eq!(server.requests().len(), 2, "nothing else was sent");
}

/// What the generator writes for a profile that stands beside others.
enum Acme {}

impl van_bulk::__private::IsMode for Acme {}

impl Mode for Acme {
    const MODE: Option<DatabaseMode> = Some(CAMPAIGN);
    const PROFILE: Option<&'static str> = Some("acme");
}

impl SubmitsWith<Acme> for Acme {}
impl SubmitsWith<AnyMode> for Acme {}

#[tokio::test]
async fn a_refusal_by_the_database_mode_names_the_profile() {
    let server = api().await;
    let (acme, voters) = (client::<Acme>(&server, CAMPAIGN), client::<AnyMode>(&server, VOTERS));
    acme.submit(&job::<Acme>(), "a", "b").await.unwrap();
    let error = voters.submit(&job::<Acme>(), "a", "b").await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the job of profile `acme` was built for my-campaign, but the credentials"),
        "{error}"
    );
    let builder = Client::builder(&server.url("/v4"), credentials_for(VOTERS)).mode::<Acme>();
    let error = builder.build().unwrap_err();
    assert!(error.to_string().starts_with("the client of profile `acme` is for my-campaign"), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_job_of_no_known_mode_is_submitted_by_every_client() {
    let server = api().await;
    let unknown = job::<AnyMode>();
    client::<MyVoters>(&server, VOTERS).submit(&unknown, "a", "b").await.unwrap();
    client::<MyCampaign>(&server, CAMPAIGN).submit(&unknown, "a", "b").await.unwrap();
    client::<AnyMode>(&server, CAMPAIGN).submit(&unknown, "a", "b").await.unwrap();
    // The mode is left out on purpose.
    client::<MyVoters>(&server, VOTERS).submit(&job::<MyCampaign>().any_mode(), "a", "b").await.unwrap();
    assert_eq!(server.requests().len(), 4);
}

/// Connects with credentials for My Campaign to a server with these profiles.
async fn connect<M: Mode>(profiles: &'static str) -> (Result<Client<M>, ClientError>, usize) {
    let server = Server::start(move |request, _| {
        assert_eq!(request.target, "/v4/apiKeyProfiles");
        json(200, profiles)
    })
    .await;
    let client = Client::<M>::connect(&server.url("/v4"), credentials_for(CAMPAIGN)).await;
    (client, server.requests().len())
}

#[tokio::test]
async fn a_client_connects_if_a_profile_of_the_key_has_the_mode_or_none_tells() {
    for profiles in [
        r#"{"items":[{"databaseName":"A","hasMyVoters":true,"hasMyCampaign":true}],"count":1}"#,
        r#"[{"hasMyVoters":true,"hasMyCampaign":false},{"hasMyCampaign":true}]"#,
        r#"[{"databaseName":"A","hasMyVoters":true}]"#,
        r#"[{"hasMyCampaign":null}]"#,
        "[]",
    ] {
        let (client, requests) = connect::<MyCampaign>(profiles).await;
        assert_eq!((client.unwrap().mode(), requests), (CAMPAIGN, 1), "{profiles}");
        connect::<AnyMode>(profiles).await.0.unwrap();
    }
}

#[tokio::test]
async fn a_client_does_not_connect_if_no_profile_of_the_key_has_the_mode() {
    let profiles = r#"[{"databaseName":"Sample","hasMyVoters":true,"hasMyCampaign":false},
        {"hasMyVoters":false,"hasMyCampaign":false}]"#;
    for error in [connect::<MyCampaign>(profiles).await.0.err(), connect::<AnyMode>(profiles).await.0.err()] {
        let error = error.unwrap();
        assert!(matches!(error, ClientError::ModeNotAllowed { wanted: CAMPAIGN, .. }), "{error}");
        let message = error.to_string();
        assert!(message.starts_with("the API key may not use my-campaign"), "{message}");
        assert!(
            message
                .contains("VAN tells of it my-voters of `Sample`, neither mode of a database without a name"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn credentials_of_the_other_mode_are_refused_before_anything_is_asked() {
    let (error, requests) = connect::<MyVoters>("[]").await;
    let error = error.unwrap_err();
    assert!(
        matches!(error, ClientError::WrongCredentials { wanted: VOTERS, given: CAMPAIGN, .. }),
        "{error}"
    );
    assert_eq!(requests, 0);
}

#[tokio::test]
async fn a_client_does_not_connect_if_the_profiles_cannot_be_asked_for() {
    let server = Server::start(|_, _| json(401, "")).await;
    let error =
        Client::<MyCampaign>::connect(&server.url("/v4"), credentials_for(CAMPAIGN)).await.unwrap_err();
    assert!(matches!(error, ClientError::Unauthorized(_)), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_client_with_options_connects_as_well() {
    let server = Server::start(|_, number| match number {
        0 => json(503, ""),
        _ => json(200, "[]"),
    })
    .await;
    let client = server.builder().mode::<MyCampaign>().connect().await.unwrap();
    assert_eq!((client.mode(), server.requests().len()), (CAMPAIGN, 2));
}
