using System.Globalization;

namespace DistRec.Training.Journal;

/// <summary>The journal's tables, and how those of older versions become those of today.</summary>
internal static class JournalSchema
{
    // Each step begins where the one before ended. The first is what journals had before they knew of versions.
    private static readonly string[][] Steps =
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
    ];

    /// <summary>Brings the tables to the newest version.</summary>
    /// <exception cref="JobJournalException">They are of a newer version than this program knows.</exception>
    public static Task PrepareAsync(IJournalDatabase database, CancellationToken cancellationToken) =>
        database.RunAsync(writes: true, statements => PrepareAsync(database.Place, statements), cancellationToken);

    private static async Task<int> PrepareAsync(string place, JournalTransaction statements)
    {
        await statements.ExecuteAsync("CREATE TABLE IF NOT EXISTS journal (version INTEGER NOT NULL)").ConfigureAwait(false);
        int version = (await statements.QueryAsync(reader => reader.GetInt32(0), "SELECT version FROM journal").ConfigureAwait(false)).SingleOrDefault();
        if (version > Steps.Length)
        {
            throw new JobJournalException(
                $"{place}: expected a job journal of version {Steps.Length.ToString(CultureInfo.InvariantCulture)} or older, found version " +
                $"{version.ToString(CultureInfo.InvariantCulture)}; use the newer program that wrote it, or another journal");
        }

        if (version == Steps.Length)
        {
            return version;
        }

        foreach (string step in Steps.Skip(version).SelectMany(step => step))
        {
            await statements.ExecuteAsync(step).ConfigureAwait(false);
        }

        await statements.ExecuteAsync(
            version == 0 ? "INSERT INTO journal (version) VALUES (@version)" : "UPDATE journal SET version = @version", ("version", Steps.Length))
            .ConfigureAwait(false);
        return Steps.Length;
    }
}
