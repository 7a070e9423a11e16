using DistRec.Training.Databases;

namespace DistRec.Training.Journal;

/// <summary>The journal's tables.</summary>
internal static class JournalSchema
{
    // The first step is what journals had before they knew of versions.
    public static readonly SchemaSteps Steps = new("job journal", "journal",
    [
        [
            """
            CREATE TABLE IF NOT EXISTS jobs (
                job TEXT PRIMARY KEY,
                spec TEXT NOT NULL,
                state TEXT NOT NULL,
                reason TEXT NOT NULL,
                started TEXT NOT NULL,
                updated TEXT NOT NULL)
            """,
            """
            CREATE TABLE IF NOT EXISTS events (
                job TEXT NOT NULL REFERENCES jobs(job),
                sequence BIGINT NOT NULL,
                time TEXT NOT NULL,
                event TEXT NOT NULL,
                PRIMARY KEY (job, sequence))
            """,
        ],
        [
            "ALTER TABLE jobs ADD COLUMN name TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE jobs ADD COLUMN created TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE jobs ADD COLUMN cancel_requested INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE jobs ADD COLUMN queue_order BIGINT NOT NULL DEFAULT 0",
            "UPDATE jobs SET created = started",
        ],
        [
            "ALTER TABLE jobs ADD COLUMN last_epoch TEXT NOT NULL DEFAULT ''",
            """
            UPDATE jobs SET last_epoch = COALESCE((
                SELECT event FROM events WHERE events.job = jobs.job AND event LIKE '%"epoch": {%' ORDER BY sequence DESC LIMIT 1), '')
            """,
        ],
        ["ALTER TABLE journal ADD COLUMN term BIGINT NOT NULL DEFAULT 0"],
    ]);
}
