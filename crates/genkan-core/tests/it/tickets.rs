//! A ticket gives its content to whom it belongs, and once.

use genkan_core::record::Ticket;

#[test]
fn a_ticket_is_taken_once_by_who_knows_its_content() {
    let ticket = Ticket::new("secret".to_owned());
    assert_eq!(ticket.take::<u32>(), None, "of another type it stays");
    assert_eq!(format!("{ticket:?}"), "Ticket");
    assert_eq!(ticket.clone().take::<String>().as_deref(), Some("secret"));
    assert_eq!(ticket.take::<String>(), None, "copies share it");
    assert_eq!(Ticket::default().take::<String>(), None);
}
