use van_bulk::{Header, Job, Mapping, raw, static_value};
use van_bulk_mappings::activist_code::ActivistCode;
use van_bulk_mappings::phones::Phones;
use van_bulk_mappings::resource::Contacts;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let header = Header::new(["VanID", "Code", "By", "Phone"])?;
    let with_canvasser = std::env::args().count() > 0;

    // The two branches have different types; as mappings they are of one.
    let code = ActivistCode::new(header.column("Code")?);
    let code: Mapping<Header> = if with_canvasser {
        code.canvassed_by(header.column("By")?).date_canvassed(static_value("2026-11-03")).into()
    } else {
        code.into()
    };
    let mut job = Job::<Contacts, Header>::with_header("Codes", &header);
    job.apply_checked(code)?;
    job.apply_checked(Phones::new(header.column("Phone")?, raw("H")))?;
    let error = job.apply_checked(Phones::new(header.column("Phone")?, raw("H"))).unwrap_err();
    assert!(error.to_string().contains("`Phones` mapping with the PhoneTypeID `H`"), "{error}");
    assert_eq!(job.finish()?.mappings().len(), 2);
    Ok(())
}
