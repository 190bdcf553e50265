//! A real server of S3's protocol, on loopback and in a folder. It checks signatures.

use std::net::SocketAddr;

use axum::extract::Request;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use van_bulk_import::UploadTarget;

pub(crate) const KEY_ID: &str = "AKIAEXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+s3cret";

/// The server; it ends with the test. It has one bucket, `uploads`.
pub(crate) struct S3 {
    address: SocketAddr,
    pub(crate) folder: TempDir,
}

impl S3 {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("uploads")).unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let service = builder.build();
        let router = axum::Router::new().fallback(async move |request: Request| {
            let request = request.map(s3s::Body::http_body_unsync);
            service.call(request).await.unwrap().map(axum::body::Body::new)
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { address, folder }
    }

    pub(crate) fn target(&self, url: &str) -> UploadTarget {
        target(url, &format!("http://{}", self.address), SECRET)
    }

    pub(crate) fn target_with_secret(&self, secret: &str) -> UploadTarget {
        target("s3://uploads", &format!("http://{}", self.address), secret)
    }
}

/// A place in a store that speaks like S3.
pub(crate) fn target(url: &str, endpoint: &str, secret: &str) -> UploadTarget {
    UploadTarget::from_url_with(url, variables(endpoint, secret)).unwrap()
}

/// An environment with the credentials of a store that speaks like S3.
pub(crate) fn variables(endpoint: &str, secret: &str) -> Vec<(String, String)> {
    [
        ("AWS_ACCESS_KEY_ID", KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ALLOW_HTTP", "true"),
        // A bare machine may have none.
        ("AWS_DISABLE_SYSTEM_CERTIFICATES", "true"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}
