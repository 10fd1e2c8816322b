//! Each language in each form: attributions, header blocks, forwards, device lines, disclaimers.

use super::stays;
use super::words::ALL;
use crate::mail::body::own_words;

const QUOTE: &str = "> Hello Marta,\n>\n> does Tuesday work?\n>> an older line\n> Ann";
const UNMARKED: &str = "Hello Marta,\n\ndoes Tuesday work?\n\nAnn";

#[test]
fn attributions_go_with_the_quotation() {
    for words in ALL {
        for attribution in words.attributions {
            let own = words.own;
            // Top-posted, with and without an empty line, and without quotation marks.
            stays(&format!("{own}\n\n{attribution}\n\n{QUOTE}\n"), own);
            stays(&format!("{own}\n\n{attribution}\n{QUOTE}\n"), own);
            stays(&format!("{own}\n\n{attribution}\n\n{UNMARKED}\n"), own);
            stays(&format!("{own}\n{attribution}\n{QUOTE}\n"), own);
            // Bottom-posted and interleaved.
            stays(&format!("{attribution}\n{QUOTE}\n\n{own}\n"), own);
            stays(
                &format!("{attribution}\n> Tuesday?\nyes\n> Wednesday?\n\nno\n"),
                "yes\n\nno",
            );
            // Nothing follows it.
            stays(&format!("{own}\n\n{attribution}\n"), own);
        }
        for attribution in words.short {
            let own = words.own;
            stays(&format!("{own}\n\n{attribution}\n\n{QUOTE}\n"), own);
            stays(&format!("{attribution}\n{QUOTE}\n\n{own}\n"), own);
        }
    }
}

#[test]
fn outlook_blocks_take_all_below_them() {
    for words in ALL {
        let (own, outlook, original) = (words.own, words.outlook, words.original);
        let bold = outlook
            .lines()
            .map(|line| line.replacen(":", ":*", 1))
            .map(|line| format!("*{line}"))
            .collect::<Vec<_>>()
            .join("\n");
        let spaced = outlook.replace('\n', "\n\n");
        let rule = "_".repeat(32);
        stays(&format!("{own}\n\n{outlook}\n\n{UNMARKED}\n"), own);
        stays(&format!("{own}\n\n{bold}\n\n{UNMARKED}\n"), own);
        stays(&format!("{own}\n\n{spaced}\n\n{UNMARKED}\n"), own);
        stays(&format!("{own}\n\n{rule}\n{outlook}\n\n{UNMARKED}\n"), own);
        stays(
            &format!("{own}\n\n{original}\n{outlook}\n\n{UNMARKED}\n"),
            own,
        );
        stays(
            &format!(
                "{own}\r\n\r\n{original}\r\n{}\r\n\r\n{UNMARKED}\r\n",
                outlook.replace('\n', "\r\n")
            ),
            own,
        );
        // Outlook Express: the block, then quoted lines, then the answer.
        stays(&format!("{original}\n{outlook}\n\n{QUOTE}\n\n{own}\n"), own);
    }
}

#[test]
fn forwarded_mail_goes_and_the_words_above_stay() {
    for words in ALL {
        for forwarded in words.forwarded {
            let (own, block) = (words.own, words.outlook);
            stays(
                &format!("{own}\n\n{forwarded}\n{block}\n\n{UNMARKED}\n"),
                own,
            );
            stays(
                &format!(
                    "{own}\n\n{forwarded}\n\n{}\n>\n{QUOTE}\n",
                    block
                        .lines()
                        .map(|line| format!("> {line}"))
                        .collect::<Vec<_>>()
                        .join("\n")
                ),
                own,
            );
            stays(&format!("{forwarded}\n{block}\n\n{UNMARKED}\n"), "");
            assert!(own_words(&format!("{forwarded}\n{block}\n\n{UNMARKED}\n")).quoted);
        }
    }
}

#[test]
fn device_lines_go_and_the_sign_off_stays() {
    for words in ALL {
        for sent_from in words.sent_from {
            let (own, attribution) = (words.own, words.attributions[0]);
            stays(&format!("{own}\n\n{sent_from}\n"), own);
            stays(
                &format!("{own}\n\n{sent_from}\n\n{attribution}\n\n{QUOTE}\n"),
                own,
            );
            stays(
                &format!("{own}\n\n{sent_from}\n\n{}\n\n{UNMARKED}\n", words.outlook),
                own,
            );
            let signature = own_words(&format!("{own}\n\n{sent_from}\n")).signature;
            assert_eq!(signature.as_deref(), Some(*sent_from), "{}", words.language);
        }
    }
}

#[test]
fn disclaimers_go_at_the_end() {
    for words in ALL {
        let (own, disclaimer) = (words.own, words.disclaimer);
        stays(&format!("{own}\n\n{disclaimer}\n"), own);
        stays(&format!("{own}\n\n{}\n{disclaimer}\n", "_".repeat(60)), own);
        stays(
            &format!("{own}\n\n*{}*\n", disclaimer.replace('\n', " ")),
            own,
        );
        stays(
            &format!("{own}\n\n-- \nMarta Muster\n\n{disclaimer}\n"),
            own,
        );
    }
}
