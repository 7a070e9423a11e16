using DistRec.Training.Databases;

namespace DistRec.Serving.Stores;

/// <summary>The tables of what a server keeps. Their names differ from the job journal's, so that one database may hold both.</summary>
internal static class ServingSchema
{
    public static readonly SchemaSteps Steps = new("serving database", "serving",
    [
        [
            // 0 until the event log is begun.
            "ALTER TABLE serving ADD COLUMN user_partitions BIGINT NOT NULL DEFAULT 0",
            """
            CREATE TABLE serving_events (
                sequence BIGINT PRIMARY KEY,
                event_id TEXT,
                kind TEXT NOT NULL,
                user_id TEXT NOT NULL,
                user_partition BIGINT NOT NULL,
                item_id TEXT NOT NULL,
                value DOUBLE PRECISION,
                answer TEXT,
                experiment TEXT,
                arm TEXT,
                propensity DOUBLE PRECISION,
                position BIGINT,
                time BIGINT NOT NULL)
            """,
            "CREATE UNIQUE INDEX serving_events_id ON serving_events (event_id) WHERE event_id IS NOT NULL",
            "CREATE INDEX serving_events_partition ON serving_events (user_partition, sequence)",
            "CREATE INDEX serving_events_arm ON serving_events (experiment, arm, kind) WHERE experiment IS NOT NULL",
        ],
    ]);
}
