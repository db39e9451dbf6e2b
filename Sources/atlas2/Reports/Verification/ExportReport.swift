import AuditLog
import Foundation
import Postgres
import Processing

/// A check of an export, for people who were not there.
struct ExportReport: VerificationDocument {
    let finding: ExportFinding
    /// What was asked for and could not be done.
    let unmet: [String]
    /// The keys that were given.
    let keys: [NoteVerifier]
    let startedAt: Timestamp
    /// The command that repeats it.
    let command: String

    var json: JSONValue { finding.json(unmet) }

    var html: String {
        let (events, origin) = (finding.events, finding.checkpoint.origin)
        var page = HTMLPage()
        page.tag("h1", "Verification of an export of the log “\(origin)”")
        page.tag(
            "p",
            finding.isSound
                ? "The export is sound\(events.exception)."
                : "The export is NOT sound: \(finding.problemCount.counting("problem")).",
            class: finding.isSound ? "sound" : "unsound")
        for sentence in unmet { page.tag("p", "Not done: \(sentence).", class: "unsound") }
        page.table(facts)
        page.tag("h2", "What is wrong")
        var problems: [[String]] = (finding.contradicted + finding.faults).map { ["", "", $0] }
        problems += events.problems.map { [$0.position.description, $0.verdict.rawValue, $0.detail] }
        if problems.isEmpty {
            page.tag("p", "Nothing that was found.")
        } else {
            page.table(problems, head: ["Position", "Verdict", "What is wrong"])
        }
        if finding.problemCount > problems.count {
            page.tag(
                "p", "… and \((finding.problemCount - Int64(problems.count)).grouped) more, which are not listed here.")
        }
        page.tag("h2", "What this does not prove")
        page.list(notProved)
        page.tag("h2", "How to repeat this")
        page.tag("p", "With the folder and the key, without any database:")
        page.tag("pre", command)
        page.tag(
            "p",
            "Without trusting Atlas2: docs/trust.md shows how to check the folder with tools that nobody at Atlas2 wrote."
        )
        return HTMLPage.start(title: "Verification of an export of the log \(origin)") + page.take() + HTMLPage.end
    }

    private var facts: [[String]] {
        let events = finding.events
        var facts: [[String]] = [
            ["Verified by", "\(Login.current), with atlas2 \(atlas2Version)"],
            ["Began", startedAt.description], ["Ended", Timestamp.now.description],
            ["Events that the checkpoint covers", finding.checkpoint.size.grouped],
            ["Root of the tree over them", finding.checkpoint.root.hexadecimal],
            ["Entries in the folder", events.events.grouped],
            ["Payloads in the folder", finding.payloads.grouped],
            ["Erased, redacted", "\(events.erased.grouped), \(events.redacted.grouped)"],
        ]
        facts += keys.map { ["Key that was given", $0.vkey] }
        if finding.followedKeyChange {
            facts.append(["Key", "changed since the one given, which signed the change"])
        }
        facts += finding.cosignatures.map { cosignature in
            [
                "Cosigned by",
                "\(cosignature.witness.vkey), at \(Timestamp(unixSeconds: cosignature.timestamp).description), as it says",
            ]
        }
        facts += finding.kept.filter { $0.outcome == .agrees }.map { kept in
            ["Agrees with", "the checkpoint of \(kept.size.counting("event")) in \(kept.name)"]
        }
        return facts
    }

    private var notProved: [String] {
        var sentences: [String] = []
        if finding.payloadsMissing > 0 {
            sentences.append(
                "What the payloads of \(finding.payloadsMissing.counting("event")) said: they are not in the folder, and the entries prove only their hashes."
            )
        }
        if finding.withheld > 0 {
            sentences.append(
                "What the personal parts and attachments of \(finding.withheld.counting("event")) said: hashes stand for them."
            )
        }
        if finding.events.unproved > 0 {
            sentences.append(
                "That what is left of \(finding.events.unproved.counting("redacted event")) stood there before.")
        }
        if finding.cosignatures.isEmpty, !finding.kept.contains(where: { $0.outcome == .agrees }) {
            sentences.append(
                "That this is the only log of its name: who holds the key can sign another. A checkpoint that somebody kept, or a witness, shows that."
            )
        }
        sentences.append("What was appended behind the checkpoint, and what was never appended.")
        sentences.append("That what the events say was true.")
        return sentences
    }
}
