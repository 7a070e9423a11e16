using System.Text.Json;
using DistRec.Training.Databases;

namespace DistRec.Serving.Registry;

/// <summary>What the database holds of models: their versions, and what was done to them.</summary>
internal static class ModelTables
{
    private const string Activations = $"action IN ('{nameof(ModelAction.Activate)}', '{nameof(ModelAction.RollBack)}')";

    /// <summary>Versions by a condition, an order, or both.</summary>
    public static async Task<List<ModelVersion>> VersionsAsync(Statements statements, string which, object? parameters = null) =>
        (await statements.QueryAsync<Row>($"SELECT * FROM model_versions {which}", parameters).ConfigureAwait(false)).ConvertAll(row => row.ToVersion());

    /// <summary>A version; null where there is none.</summary>
    public static async Task<ModelVersion?> FindAsync(Statements statements, string name, int version) =>
        (await VersionsAsync(statements, "WHERE name = @name AND version = @version", new { name, version }).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>The version of a name that has these tables and is not retired; null where there is none.</summary>
    public static async Task<ModelVersion?> SameAsync(Statements statements, string name, string? sha256) => (await VersionsAsync(
        statements, $"WHERE name = @name AND sha256 = @sha256 AND state <> '{nameof(ModelState.Retired)}'", new { name, sha256 })
        .ConfigureAwait(false)).SingleOrDefault();

    /// <summary>The active versions, the one that was activated last first.</summary>
    public static Task<List<ModelVersion>> ActiveAsync(Statements statements) => VersionsAsync(
        statements,
        $"""
        WHERE state = '{nameof(ModelState.Active)}'
        ORDER BY (SELECT MAX(sequence) FROM model_changes WHERE model_changes.name = model_versions.name AND {Activations}) DESC
        """);

    /// <summary>The highest version of a name; 0 where there is none.</summary>
    public static async Task<int> LastVersionAsync(Statements statements, string name) => (await statements.QueryAsync<int>(
        "SELECT COALESCE(MAX(version), 0) FROM model_versions WHERE name = @name", new { name }).ConfigureAwait(false)).Single();

    /// <summary>Adds a version.</summary>
    public static Task<int> InsertAsync(Statements statements, ModelVersion version) => statements.ExecuteAsync(
        $"""
        INSERT INTO model_versions
            (name, version, state, kind, sha256, metrics, options, data_name, data_fingerprint, users, items, ratings, rank, least_rating,
            greatest_rating, job, trained, created, notes, upload)
        VALUES
            (@Name, @Version, '{nameof(ModelState.Registered)}', @Kind, @Sha256, @Metrics, @Options, @DataName, @DataFingerprint, @Users, @Items, @Ratings, @Rank,
            @LeastRating, @GreatestRating, @Job, @Trained, @Created, @Notes, @Upload)
        """,
        Row.Of(version));

    /// <summary>Changes a version's state. Where it becomes the active one, another one that was is not any more.</summary>
    public static async Task<ModelVersion> SetStateAsync(Statements statements, ModelVersion version, ModelState state)
    {
        if (state == ModelState.Active)
        {
            await statements.ExecuteAsync(
                $"UPDATE model_versions SET state = '{nameof(ModelState.Registered)}' WHERE name = @Name AND state = '{nameof(ModelState.Active)}'",
                new { version.Name }).ConfigureAwait(false);
        }

        await statements.ExecuteAsync(
            "UPDATE model_versions SET state = @state WHERE name = @Name AND version = @Version", new { state = state.ToString(), version.Name, version.Version })
            .ConfigureAwait(false);
        return version with { State = state };
    }

    /// <summary>What was done, the newest first.</summary>
    public static Task<List<ModelChange>> ChangesAsync(Statements statements, string? name) => statements.QueryAsync<ModelChange>(
        $"""
        SELECT sequence, action, name, version, by_whom AS "by", why, at FROM model_changes
        {(name is null ? "" : "WHERE name = @name")} ORDER BY sequence DESC
        """,
        new { name });

    /// <summary>The number of the newest change; 0 for none.</summary>
    public static async Task<long> LastChangeAsync(Statements statements) =>
        (await statements.QueryAsync<long>("SELECT COALESCE(MAX(sequence), 0) FROM model_changes").ConfigureAwait(false)).Single();

    /// <summary>Notes a change.</summary>
    /// <param name="statements">The transaction.</param>
    /// <param name="change">The change; its number is found here.</param>
    /// <param name="goesBackTo">Of an activation and a roll-back: the activation that a roll-back goes back to.</param>
    public static async Task<int> NoteAsync(Statements statements, ModelChange change, long? goesBackTo) => await statements.ExecuteAsync(
        """
        INSERT INTO model_changes (sequence, action, name, version, by_whom, why, at, activation_before)
        VALUES (@sequence, @action, @Name, @Version, @By, @Why, @At, @goesBackTo)
        """,
        new
        {
            sequence = await LastChangeAsync(statements).ConfigureAwait(false) + 1,
            action = change.Action.ToString(),
            change.Name,
            change.Version,
            change.By,
            change.Why,
            change.At,
            goesBackTo,
        }).ConfigureAwait(false);

    /// <summary>The activation that made the active version active; null where none is.</summary>
    public static async Task<Activation?> CurrentAsync(Statements statements, string name) => (await statements.QueryAsync<Activation>(
        $"SELECT sequence, version, activation_before FROM model_changes WHERE name = @name AND {Activations} ORDER BY sequence DESC LIMIT 1", new { name })
        .ConfigureAwait(false)).SingleOrDefault();

    /// <summary>An activation by its number.</summary>
    public static async Task<Activation> ActivationAsync(Statements statements, long sequence) => (await statements.QueryAsync<Activation>(
        "SELECT sequence, version, activation_before FROM model_changes WHERE sequence = @sequence", new { sequence }).ConfigureAwait(false)).Single();

    /// <summary>An activation. Each knows the one to go back to, so that going back again goes further, and not to and fro.</summary>
    internal sealed record Activation
    {
        public long Sequence { get; init; }
        public int Version { get; init; }
        public long? ActivationBefore { get; init; }
    }

    /// <summary>A version as the database has it.</summary>
    private sealed record Row
    {
        public string Name { get; init; } = "";
        public int Version { get; init; }
        public ModelState State { get; init; }
        public string Kind { get; init; } = "";
        public string Sha256 { get; init; } = "";
        public string Metrics { get; init; } = "";
        public string Options { get; init; } = "";
        public string DataName { get; init; } = "";
        public string DataFingerprint { get; init; } = "";
        public int? Users { get; init; }
        public int? Items { get; init; }
        public long? Ratings { get; init; }
        public int? Rank { get; init; }
        public float? LeastRating { get; init; }
        public float? GreatestRating { get; init; }
        public string? Job { get; init; }
        public DateTimeOffset Trained { get; init; }
        public DateTimeOffset Created { get; init; }
        public string Notes { get; init; } = "";
        public string Upload { get; init; } = "";

        public static Row Of(ModelVersion version) => new()
        {
            Name = version.Name,
            Version = version.Version,
            Kind = version.Kind,
            Sha256 = version.Sha256,
            Metrics = JsonSerializer.Serialize(version.Metrics),
            Options = JsonSerializer.Serialize(version.Options),
            DataName = version.DataName,
            DataFingerprint = version.DataFingerprint,
            Users = version.Users,
            Items = version.Items,
            Ratings = version.Ratings,
            Rank = version.Rank,
            LeastRating = version.Scale?.Minimum,
            GreatestRating = version.Scale?.Maximum,
            Job = version.Job,
            Trained = version.Trained,
            Created = version.Created,
            Notes = version.Notes,
            Upload = version.Upload,
        };

        public ModelVersion ToVersion() => new()
        {
            Name = Name,
            Version = Version,
            State = State,
            Kind = Kind,
            Sha256 = Sha256,
            Metrics = JsonSerializer.Deserialize<Dictionary<string, double>>(Metrics)!,
            Options = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Options)!,
            DataName = DataName,
            DataFingerprint = DataFingerprint,
            Users = Users,
            Items = Items,
            Ratings = Ratings,
            Rank = Rank,
            Scale = LeastRating is { } least && GreatestRating is { } greatest ? new RatingScale(least, greatest) : null,
            Job = Job,
            Trained = Trained,
            Created = Created,
            Notes = Notes,
            Upload = Upload,
        };
    }
}
