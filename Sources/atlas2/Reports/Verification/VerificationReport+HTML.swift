import AuditLog
import Postgres
import Processing

extension VerificationReport {
    var html: String {
        var page = HTMLPage()
        page.tag("h1", "Verification of the log “\(tenant)”")
        page.tag(
            "p", found.verdict.capitalizedFirst + ".", class: found.isSound ? "sound" : "unsound")
        for sentence in found.unmet { page.tag("p", "Not done: \(sentence).", class: "unsound") }
        page.table(facts.map { [$0, $1] })
        page.tag("h2", "Verdicts by month and stream type")
        page.tag(
            "p",
            "Verified: the event’s hashes are right, and a signed checkpoint covers it. Not sealed: its hashes are right, and no checkpoint covers it yet. Erased and redacted: all or part of what could be erased is gone, and an event of the log says so; what is left is right. Modified, disordered and missing events are named below."
        )
        page.table(
            found.groups.map { group in
                [
                    group.month, group.streamType, group.events.grouped, group.verified.grouped,
                    group.unsealed.grouped, group.erased.grouped, group.redacted.grouped, group.modified.grouped,
                    group.disordered.grouped,
                ]
            },
            head: [
                "Month", "Stream type", "Events", "Verified", "Not sealed", "Erased", "Redacted", "Modified",
                "Disordered",
            ])
        page.tag("h2", "What is wrong")
        if found.problems.isEmpty {
            page.tag("p", "Nothing that was found.")
        } else {
            page.table(
                found.problems.map { [$0.position.description, $0.verdict.rawValue, $0.detail] },
                head: ["Position", "Verdict", "What is wrong"])
            more(found.problemCount, than: found.problems.count, &page)
        }
        page.tag("h2", "Erasures")
        if found.erasures.isEmpty {
            page.tag("p", "None.")
        } else {
            page.table(
                found.erasures.map {
                    [
                        $0.position.description, $0.recordedAt, $0.stream, $0.basis, $0.emptied.grouped,
                        $0.redacted.grouped,
                    ]
                },
                head: ["Position", "Recorded at", "Stream", "Basis", "Events emptied", "Events redacted"])
            more(found.erasureCount, than: found.erasures.count, &page)
        }
        writeWitnesses(&page)
        writeSurroundings(&page)
        page.tag("h2", "What this does not prove")
        page.list(found.notProved)
        page.tag("h2", "The latest checkpoint that fits")
        page.tag("pre", found.checkpoint ?? "There is none.")
        page.tag("h2", "How to repeat this")
        page.tag("p", "With Atlas2 and a connection to the database:")
        page.tag("pre", command)
        page.tag(
            "p",
            "Without trusting Atlas2 or the database’s administrator: docs/trust.md shows how to check an export of the log, or one event of it, with tools that nobody at Atlas2 wrote."
        )
        return HTMLPage.start(title: "Verification of the log \(tenant)") + page.take() + HTMLPage.end
    }

    private func writeWitnesses(_ page: inout HTMLPage) {
        page.tag("h2", "Witnesses")
        guard !found.witnesses.isEmpty else { return page.tag("p", "None are named, and none were given.") }
        page.table(
            found.witnesses.map { witness in
                [
                    witness.key.name, witness.isGiven ? "yes" : "no", witness.isAnnounced ? "yes" : "no",
                    witness.size.map { "the first \($0.counting("event"))" } ?? "nothing",
                    witness.time.map { Timestamp(unixSeconds: $0).description } ?? "", witness.key.vkey,
                ]
            },
            head: ["Witness", "Key was given", "Named by the log", "Has cosigned", "At, as it says", "Key"])
        guard found.quorum > 0 else { return }
        page.tag(
            "p",
            "\(found.quorum) must have cosigned, which is so for the first \(found.witnessedSize.counting("event")).")
    }

    private func writeSurroundings(_ page: inout HTMLPage) {
        guard let surroundings else { return }
        page.tag("h2", "Who acted")
        if let failure = surroundings.failure {
            return page.tag("p", "The tables of users and legal holds could not be read: \(failure)")
        }
        page.table(
            surroundings.actors.map { [$0.name ?? "Atlas2 itself", $0.events.grouped] }, head: ["Actor", "Events"])
        page.tag("h2", "Legal holds in force")
        guard !surroundings.holds.isEmpty else { return page.tag("p", "None.") }
        page.table(
            surroundings.holds.map { hold in
                [
                    hold.stream ?? "the whole log", hold.matter ?? "", hold.reason ?? "", hold.placedBy ?? "",
                    hold.placedAt?.description ?? "",
                ]
            },
            head: ["What is held", "Matter", "Reason", "Placed by", "Placed at"])
    }

    private var facts: [(String, String)] {
        var facts = [
            ("Verified by", "\(login), with atlas2 \(atlas2Version)"),
            ("Began", startedAt.description), ("Ended", endedAt.description),
            ("Events", found.size > 0 ? "\(found.events.grouped), positions 0 to \(found.size - 1)" : "none"),
            ("Size of the log, as its head says", found.size.grouped),
            ("Root of the tree over them", found.root.hexadecimal),
            ("Covered by what was signed", "the first \(found.sealedSize.counting("event"))"),
            ("Checkpoints in the database", found.checkpoints.grouped),
        ]
        facts += found.agreements.map { ("Agrees with", $0.description) }
        facts += found.keys.dropLast().map { ("Former key", $0) } + found.keys.suffix(1).map { ("Key", $0) }
        facts += [
            ("Verified, not sealed", "\(found.verified.grouped), \(found.unsealed.grouped)"),
            ("Erased, redacted", "\(found.erased.grouped), \(found.redacted.grouped)"),
            (
                "Modified, missing, disordered",
                "\(found.modified.grouped), \(found.missing.grouped), \(found.disordered.grouped)"
            ),
        ]
        if found.unproved > 0 {
            facts.append(("Redacted, with something left that nothing proves", found.unproved.grouped))
        }
        if found.restored > 0 {
            facts.append(("Named by an erasure and whole all the same", found.restored.grouped))
        }
        return facts
    }

    private func more(_ count: Int64, than shown: Int, _ page: inout HTMLPage) {
        if count > shown { page.tag("p", "… and \((count - Int64(shown)).grouped) more, which are not listed here.") }
    }
}
