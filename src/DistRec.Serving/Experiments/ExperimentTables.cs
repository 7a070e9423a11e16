using System.Text.Json;
using DistRec.Serving.Api;
using DistRec.Serving.Registry;
using DistRec.Training.Databases;

namespace DistRec.Serving.Experiments;

/// <summary>What the database holds of experiments, and what the registry of models asks of them.</summary>
internal static class ExperimentTables
{
    /// <summary>A condition: experiments that have not ended.</summary>
    public const string Open = $"WHERE state IN ('{nameof(ExperimentState.Running)}', '{nameof(ExperimentState.Paused)}')";

    private const string NextRevision = "(SELECT COALESCE(MAX(revision), 0) + 1 FROM experiments)";

    private static readonly JsonSerializerOptions Json = ServingJson.CreateOptions();

    /// <summary>Experiments by a condition, an order, or both.</summary>
    public static async Task<List<Experiment>> ListAsync(Statements statements, string which, object? parameters = null)
    {
        string text = $"SELECT definition, state, created, ended, why, figures, shadow FROM experiments {which}";
        return (await statements.QueryAsync<Row>(text, parameters).ConfigureAwait(false)).ConvertAll(row => row.ToExperiment());
    }

    /// <summary>An experiment; null where there is none.</summary>
    public static async Task<Experiment?> FindAsync(Statements statements, string name) =>
        (await ListAsync(statements, "WHERE name = @name", new { name }).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>A number that is another one whenever something has changed.</summary>
    public static async Task<long> RevisionAsync(Statements statements) =>
        (await statements.QueryAsync<long>("SELECT COALESCE(MAX(revision), 0) FROM experiments").ConfigureAwait(false)).Single();

    /// <summary>Adds an experiment.</summary>
    public static Task<int> InsertAsync(Statements statements, Experiment experiment) => statements.ExecuteAsync(
        $"""
        INSERT INTO experiments (name, definition, state, created, why, position, figures, revision)
        VALUES (@Name, @definition, @state, @Created, @Why, 0, @figures, {NextRevision})
        """,
        new
        {
            experiment.Name,
            definition = Write(experiment.Definition),
            state = experiment.State.ToString(),
            experiment.Created,
            experiment.Why,
            figures = JsonSerializer.Serialize(experiment.Figures, Json),
        });

    /// <summary>Notes an experiment's state.</summary>
    public static Task<int> SetStateAsync(Statements statements, Experiment experiment) => statements.ExecuteAsync(
        $"UPDATE experiments SET state = @state, ended = @Ended, why = @Why, revision = {NextRevision} WHERE name = @Name",
        new { experiment.Name, state = experiment.State.ToString(), experiment.Ended, experiment.Why });

    /// <summary>Notes figures of an experiment that has not ended, unless there are some of later events.</summary>
    public static Task<int> SetFiguresAsync(Statements statements, string name, ExperimentFigures figures) => statements.ExecuteAsync(
        $"UPDATE experiments SET figures = @text, position = @Position, revision = {NextRevision} {Open} AND name = @name AND position <= @Position",
        new { name, text = JsonSerializer.Serialize(figures, Json), figures.Position });

    /// <summary>Adds to the figures of a shadow. Answers do not hang on them: the revision stays.</summary>
    public static async Task<int> AddShadowAsync(Statements statements, string name, ShadowFigures figures)
    {
        ShadowFigures known = (await FindAsync(statements, name).ConfigureAwait(false))?.Shadow ?? ShadowFigures.None;
        return await statements.ExecuteAsync(
            $"UPDATE experiments SET shadow = @shadow {Open} AND name = @name", new { name, shadow = JsonSerializer.Serialize(known.Add(figures), Json) })
            .ConfigureAwait(false);
    }

    /// <summary>Notes what was done.</summary>
    public static Task<int> NoteAsync(Statements statements, string experiment, ExperimentAction action, string by, string why, DateTimeOffset at) =>
        statements.ExecuteAsync(
            """
            INSERT INTO experiment_changes (sequence, experiment, action, by_whom, why, at)
            VALUES ((SELECT COALESCE(MAX(sequence), 0) + 1 FROM experiment_changes), @experiment, @action, @by, @why, @at)
            """,
            new { experiment, action = action.ToString(), by, why, at });

    /// <summary>A definition as it is stored: two that are alike are the same text.</summary>
    public static string Write(ExperimentDefinition definition) => JsonSerializer.Serialize(definition, Json);

    /// <summary>The experiment that routes a model's requests; null for none.</summary>
    public static async Task<Experiment?> RouterAsync(Statements statements, string model) =>
        (await ListAsync(statements, Open).ConfigureAwait(false)).Find(one => one.Definition.Model == model);

    /// <summary>Refuses to change what a model answers by while an experiment routes its requests.</summary>
    /// <exception cref="ModelStateException">One does.</exception>
    public static async Task RequireUnroutedAsync(Statements statements, string place, string model)
    {
        if (await RouterAsync(statements, model).ConfigureAwait(false) is { } experiment)
        {
            throw new ModelStateException(
                place, model, "one whose requests no experiment routes", $"the experiment \"{experiment.Name}\"",
                "stop the experiment first, or promote one of its arms");
        }
    }

    /// <summary>Refuses to retire a version that an experiment uses.</summary>
    /// <exception cref="ModelStateException">One does.</exception>
    public static async Task RequireUnusedAsync(Statements statements, string place, ModelVersion version)
    {
        if ((await ListAsync(statements, Open).ConfigureAwait(false))
            .Find(one => one.Definition.Arms.Any(arm => arm.Model == version.Name && arm.Version == version.Version)) is { } experiment)
        {
            throw new ModelStateException(
                place, version.ToString(), "one that no experiment uses", $"the experiment \"{experiment.Name}\"", "stop the experiment first");
        }
    }

    /// <summary>An experiment as the database has it.</summary>
    private sealed record Row
    {
        public string Definition { get; init; } = "";
        public ExperimentState State { get; init; }
        public DateTimeOffset Created { get; init; }
        public DateTimeOffset? Ended { get; init; }
        public string Why { get; init; } = "";
        public string Figures { get; init; } = "";
        public string? Shadow { get; init; }

        public Experiment ToExperiment() => new()
        {
            Definition = JsonSerializer.Deserialize<ExperimentDefinition>(Definition, Json)!,
            State = State,
            Created = Created,
            Ended = Ended,
            Why = Why,
            Figures = JsonSerializer.Deserialize<ExperimentFigures>(Figures, Json)!,
            Shadow = Shadow is null ? null : JsonSerializer.Deserialize<ShadowFigures>(Shadow, Json),
        };
    }
}
