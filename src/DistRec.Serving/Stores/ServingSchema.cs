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

            """
            CREATE TABLE model_versions (
                name TEXT NOT NULL,
                version BIGINT NOT NULL,
                state TEXT NOT NULL,
                kind TEXT NOT NULL,
                sha256 TEXT NOT NULL,
                metrics TEXT NOT NULL,
                options TEXT NOT NULL,
                data_name TEXT NOT NULL,
                data_fingerprint TEXT NOT NULL,
                job TEXT,
                trained BIGINT NOT NULL,
                created BIGINT NOT NULL,
                notes TEXT NOT NULL,
                upload TEXT NOT NULL,
                PRIMARY KEY (name, version))
            """,
            "CREATE UNIQUE INDEX model_versions_active ON model_versions (name) WHERE state = 'Active'",
            "CREATE UNIQUE INDEX model_versions_sha256 ON model_versions (name, sha256) WHERE state <> 'Retired'",
            """
            CREATE TABLE model_changes (
                sequence BIGINT PRIMARY KEY,
                action TEXT NOT NULL,
                name TEXT NOT NULL,
                version BIGINT NOT NULL,
                by_whom TEXT NOT NULL,
                why TEXT NOT NULL,
                at BIGINT NOT NULL,
                -- Of an activation and a roll-back: the activation that a roll-back goes back to.
                activation_before BIGINT REFERENCES model_changes (sequence),
                FOREIGN KEY (name, version) REFERENCES model_versions (name, version))
            """,
            "CREATE INDEX model_changes_name ON model_changes (name, sequence)",
        ],
        [
            // Null for versions that were registered before.
            "ALTER TABLE model_versions ADD COLUMN users BIGINT",
            "ALTER TABLE model_versions ADD COLUMN items BIGINT",
            "ALTER TABLE model_versions ADD COLUMN ratings BIGINT",
            "ALTER TABLE model_versions ADD COLUMN rank BIGINT",
            "ALTER TABLE model_versions ADD COLUMN least_rating DOUBLE PRECISION",
            "ALTER TABLE model_versions ADD COLUMN greatest_rating DOUBLE PRECISION",
            "CREATE TABLE serving_items (item_id TEXT PRIMARY KEY, title TEXT, attributes TEXT NOT NULL, sequence BIGINT NOT NULL)",
            "CREATE UNIQUE INDEX serving_items_sequence ON serving_items (sequence)",
        ],
        [
            """
            CREATE TABLE api_keys (
                id BIGINT PRIMARY KEY,
                hash TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL,
                scopes TEXT NOT NULL,
                created BIGINT NOT NULL,
                expires BIGINT,
                last_used BIGINT,
                revoked BIGINT)
            """,
        ],
        [
            // What an experiment has counted, and from where it goes on.
            "CREATE INDEX serving_events_experiment ON serving_events (experiment, sequence) WHERE experiment IS NOT NULL",
            "DROP INDEX serving_events_arm",
            """
            CREATE TABLE experiments (
                name TEXT PRIMARY KEY,
                definition TEXT NOT NULL,
                state TEXT NOT NULL,
                created BIGINT NOT NULL,
                ended BIGINT,
                why TEXT NOT NULL,
                -- The last event that is in the figures.
                position BIGINT NOT NULL,
                figures TEXT NOT NULL,
                shadow TEXT,
                -- Larger than any before, whenever the row changes.
                revision BIGINT NOT NULL)
            """,
            """
            CREATE TABLE experiment_changes (
                sequence BIGINT PRIMARY KEY,
                experiment TEXT NOT NULL REFERENCES experiments (name),
                action TEXT NOT NULL,
                by_whom TEXT NOT NULL,
                why TEXT NOT NULL,
                at BIGINT NOT NULL)
            """,

            // Of experiments that learn: the arm that each user was given first.
            """
            CREATE TABLE experiment_users (
                experiment TEXT NOT NULL REFERENCES experiments (name),
                user_id TEXT NOT NULL,
                user_partition BIGINT NOT NULL,
                arm BIGINT NOT NULL,
                propensity DOUBLE PRECISION NOT NULL,
                at BIGINT NOT NULL,
                PRIMARY KEY (experiment, user_id))
            """,
            "CREATE INDEX experiment_users_partition ON experiment_users (user_partition)",
        ],
        [
            // Of the first change that said anything of the item.
            "ALTER TABLE serving_items ADD COLUMN first_sequence BIGINT NOT NULL DEFAULT 0",
            "UPDATE serving_items SET first_sequence = sequence",
        ],
    ]);
}
