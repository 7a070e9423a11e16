using DistRec.Evaluation.Bandits;
using DistRec.Serving.Events;
using DistRec.Serving.Registry;
using DistRec.Training.Databases;

namespace DistRec.Serving.Experiments;

/// <summary>The arm that a user of an experiment was given, for as long as the experiment goes on.</summary>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="User">Id of the user.</param>
/// <param name="Choice">The arm, and how probable it was.</param>
public readonly record struct KeptArm(string Experiment, string User, ArmChoice Choice);

/// <summary>
/// Experiments in a database: what was asked for, what was done to them, by whom and why, what was counted, and which arm each user of those that
/// learn was given. All members are thread-safe, and nodes may share a store: what changes it comes one after the other.
/// </summary>
/// <param name="database">With the tables of <see cref="Stores.ServingSchema"/>.</param>
/// <param name="registry">The models, in the same database.</param>
/// <param name="partitions">How many partitions users are dealt out among.</param>
/// <param name="time">The clock.</param>
internal sealed class ExperimentStore(IDatabase database, ModelRegistry registry, int partitions, TimeProvider time)
{
    /// <summary>Begins an experiment. The same one again is the one that is there.</summary>
    /// <exception cref="InputException">It is none.</exception>
    /// <exception cref="UnknownModelException">A version is not registered.</exception>
    /// <exception cref="ModelStateException">A version is retired.</exception>
    /// <exception cref="ExperimentStateException">
    /// The name is taken, the model's requests are routed already, or the control is not its active version.
    /// </exception>
    /// <exception cref="DatabaseException">It cannot be kept.</exception>
    public Task<Experiment> CreateAsync(ExperimentDefinition definition, string by, CancellationToken cancellationToken = default)
    {
        ExperimentRules.Require(definition);
        return database.RunAsync(
            DatabaseAccess.Write,
            async statements =>
            {
                if (await ExperimentTables.FindAsync(statements, definition.Name).ConfigureAwait(false) is { } known)
                {
                    return ExperimentTables.Write(known.Definition) == ExperimentTables.Write(definition)
                        ? known
                        : throw Refuse(definition, "", "a name that is free", "another experiment of it", "give the new one another name");
                }

                await RequireVersionsAsync(statements, definition).ConfigureAwait(false);
                if (await ExperimentTables.RouterAsync(statements, definition.Model).ConfigureAwait(false) is { } other)
                {
                    throw Refuse(
                        definition, "", "a model whose requests no experiment routes", $"{definition.Model}, of the experiment \"{other.Name}\"", "stop that one first");
                }

                Experiment experiment = new()
                {
                    Definition = definition,
                    State = ExperimentState.Running,
                    Created = time.GetUtcNow(),
                    Why = "",
                    Figures = ExperimentFigures.None(definition),
                };
                await ExperimentTables.InsertAsync(statements, experiment).ConfigureAwait(false);
                await ExperimentTables.NoteAsync(statements, experiment.Name, ExperimentAction.Create, by, "", experiment.Created).ConfigureAwait(false);
                return experiment;
            },
            cancellationToken);
    }

    /// <summary>An experiment.</summary>
    /// <exception cref="UnknownExperimentException">There is none.</exception>
    /// <exception cref="DatabaseException">It cannot be read.</exception>
    public Task<Experiment> FindAsync(string name, CancellationToken cancellationToken = default) =>
        database.RunAsync(DatabaseAccess.Read, statements => RequireAsync(statements, name), cancellationToken);

    /// <summary>All experiments, the newest first.</summary>
    /// <exception cref="DatabaseException">They cannot be read.</exception>
    public Task<List<Experiment>> ListAsync(CancellationToken cancellationToken = default) =>
        database.RunAsync(DatabaseAccess.Read, statements => ExperimentTables.ListAsync(statements, "ORDER BY created DESC, name"), cancellationToken);

    /// <summary>The experiments that have not ended, and the number that changes whenever they do.</summary>
    /// <exception cref="DatabaseException">They cannot be read.</exception>
    public Task<(long Revision, List<Experiment> Experiments)> OpenAsync(CancellationToken cancellationToken = default) => database.RunAsync(
        DatabaseAccess.Read,
        async statements => (
            await ExperimentTables.RevisionAsync(statements).ConfigureAwait(false),
            await ExperimentTables.ListAsync(statements, $"{ExperimentTables.Open} ORDER BY name").ConfigureAwait(false)),
        cancellationToken);

    /// <summary>A number that is another one whenever something has changed.</summary>
    /// <exception cref="DatabaseException">It cannot be read.</exception>
    public Task<long> RevisionAsync(CancellationToken cancellationToken = default) =>
        database.RunAsync(DatabaseAccess.Read, ExperimentTables.RevisionAsync, cancellationToken);

    /// <summary>What was done to experiments, the newest first.</summary>
    /// <exception cref="DatabaseException">It cannot be read.</exception>
    public Task<List<ExperimentChange>> ChangesAsync(CancellationToken cancellationToken = default) => database.RunAsync(
        DatabaseAccess.Read,
        statements => statements.QueryAsync<ExperimentChange>(
            """SELECT sequence, experiment, action, by_whom AS "by", why, at FROM experiment_changes ORDER BY sequence DESC"""),
        cancellationToken);

    /// <summary>Pauses an experiment, lets it go on, or ends it. What was done before is not done again.</summary>
    /// <param name="name">The experiment.</param>
    /// <param name="action">Anything but to create it.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="why">Why.</param>
    /// <param name="arm">Which arm becomes the active version, where one is promoted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UnknownExperimentException">There is no such experiment.</exception>
    /// <exception cref="ExperimentStateException">It has ended.</exception>
    /// <exception cref="InputException">The arm cannot be promoted.</exception>
    /// <exception cref="DatabaseException">It cannot be noted.</exception>
    public Task<Experiment> ChangeAsync(
        string name, ExperimentAction action, string by, string why, string? arm = null, CancellationToken cancellationToken = default) => database.RunAsync(
        DatabaseAccess.Write,
        async statements =>
        {
            Experiment known = await RequireAsync(statements, name).ConfigureAwait(false);
            ExperimentState next = StateAfter(action);
            if (known.State == next)
            {
                return known;
            }

            if (known.Ended is not null)
            {
                throw new ExperimentStateException($"the experiment {name}", "one that goes on", $"one that has ended: {known.State}", "begin another one");
            }

            bool isEnd = next is not (ExperimentState.Running or ExperimentState.Paused);
            Experiment changed = known with { State = next, Why = why, Ended = isEnd ? time.GetUtcNow() : null };
            await ExperimentTables.SetStateAsync(statements, changed).ConfigureAwait(false);
            await ExperimentTables.NoteAsync(statements, name, action, by, why, time.GetUtcNow()).ConfigureAwait(false);
            if (action == ExperimentAction.Promote)
            {
                ExperimentArm promoted = ToPromote(known.Definition, arm);
                await registry.ActivateAsync(statements, promoted.Model, promoted.Version, by, $"promoted by the experiment {name}: {why}")
                    .ConfigureAwait(false);
            }

            return changed;
        },
        cancellationToken);

    /// <summary>Keeps what was counted of an experiment that has not ended, unless later events are in what is there.</summary>
    /// <exception cref="DatabaseException">It cannot be kept.</exception>
    public Task KeepFiguresAsync(string name, ExperimentFigures figures, CancellationToken cancellationToken = default) =>
        database.RunAsync(DatabaseAccess.Write, statements => ExperimentTables.SetFiguresAsync(statements, name, figures), cancellationToken);

    /// <summary>Keeps users' arms. Who has one keeps it.</summary>
    /// <returns>The arm that each has now, in their order.</returns>
    /// <exception cref="DatabaseException">They cannot be kept.</exception>
    public Task<KeptArm[]> KeepArmsAsync(IReadOnlyList<KeptArm> drawn, CancellationToken cancellationToken = default) => database.RunAsync(
        DatabaseAccess.Write,
        async statements =>
        {
            KeptArm[] kept = new KeptArm[drawn.Count];
            for (int index = 0; index < kept.Length; index++)
            {
                var row = new
                {
                    drawn[index].Experiment,
                    drawn[index].User,
                    partition = UserPartitions.Of(drawn[index].User, partitions),
                    arm = drawn[index].Choice.Arm,
                    propensity = drawn[index].Choice.Propensity,
                    at = time.GetUtcNow(),
                };
                int added = await statements.ExecuteAsync(
                    """
                    INSERT INTO experiment_users (experiment, user_id, user_partition, arm, propensity, at)
                    VALUES (@Experiment, @User, @partition, @arm, @propensity, @at) ON CONFLICT (experiment, user_id) DO NOTHING
                    """,
                    row).ConfigureAwait(false);
                kept[index] = added == 1 ? drawn[index] : (await statements.QueryAsync<ArmRow>(
                    $"{ArmRow.Select} WHERE experiment = @Experiment AND user_id = @User", row).ConfigureAwait(false)).Single().ToArm();
            }

            return kept;
        },
        cancellationToken);

    /// <summary>The arms of all users of a partition, in experiments that have not ended.</summary>
    /// <exception cref="DatabaseException">They cannot be read.</exception>
    public async Task<IReadOnlyList<KeptArm>> ArmsAsync(int partition, CancellationToken cancellationToken = default) => (await database.RunAsync(
        DatabaseAccess.Read,
        statements => statements.QueryAsync<ArmRow>(
            $"{ArmRow.Select} WHERE user_partition = @partition AND experiment IN (SELECT name FROM experiments {ExperimentTables.Open})", new { partition }),
        cancellationToken).ConfigureAwait(false)).ConvertAll(row => row.ToArm());

    /// <summary>Adds to the figures of a shadow.</summary>
    /// <exception cref="DatabaseException">They cannot be kept.</exception>
    public Task AddShadowAsync(string name, ShadowFigures figures, CancellationToken cancellationToken = default) =>
        database.RunAsync(DatabaseAccess.WriteOnce, statements => ExperimentTables.AddShadowAsync(statements, name, figures), cancellationToken);

    private static ExperimentStateException Refuse(ExperimentDefinition definition, string field, string expected, string found, string advice) =>
        new($"the experiment {definition.Name}{field}", expected, found, advice);

    private async Task RequireVersionsAsync(Statements statements, ExperimentDefinition definition)
    {
        foreach (ExperimentArm arm in definition.Arms)
        {
            ModelVersion version = await ModelTables.FindAsync(statements, arm.Model, arm.Version).ConfigureAwait(false)
                ?? throw new UnknownModelException(database.Place, $"{arm.Model} {arm.Version}");
            if (version.State == ModelState.Retired)
            {
                throw new ModelStateException(
                    database.Place, version.ToString(), "one that is in use", "one that is retired, whose files are gone", "choose another version");
            }

            if (arm.Name == definition.Control && version.State != ModelState.Active)
            {
                throw Refuse(
                    definition, ", control", $"the active version of {definition.Model}, which answers when the experiment has ended",
                    $"version {arm.Version}, which is not", "activate it first, or take the active one");
            }
        }
    }

    private static async Task<Experiment> RequireAsync(Statements statements, string name) =>
        await ExperimentTables.FindAsync(statements, name).ConfigureAwait(false) ?? throw new UnknownExperimentException(name);

    private static ExperimentState StateAfter(ExperimentAction action) => action switch
    {
        ExperimentAction.Pause => ExperimentState.Paused,
        ExperimentAction.Resume => ExperimentState.Running,
        ExperimentAction.Stop => ExperimentState.Stopped,
        ExperimentAction.RollBack => ExperimentState.RolledBack,
        ExperimentAction.Promote => ExperimentState.Promoted,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "expected what is done to an experiment that has begun"),
    };

    private static ExperimentArm ToPromote(ExperimentDefinition definition, string? arm)
    {
        // Of two arms there is one that is not the control.
        string? name = arm ?? (definition.Arms.Count == 2 ? definition.Arms[1 - definition.ControlIndex].Name : null);
        ExperimentArm found = definition.Arms.FirstOrDefault(one => one.Name == name) ?? throw InputException.At(
            $"the experiment {definition.Name}, arm", $"one of {string.Join(", ", definition.Arms.Select(one => $"\"{one.Name}\""))}",
            name is null ? "none" : $"\"{name}\"", "name the arm that is to be the active version");
        return found.Model == definition.Model ? found : throw InputException.At(
            $"the experiment {definition.Name}, arm", $"a version of {definition.Model}, whose requests were routed", $"{found.Model} {found.Version}",
            $"register it under {definition.Model}, and activate it there");
    }

    private sealed record ArmRow
    {
        public const string Select = "SELECT experiment, user_id, arm, propensity FROM experiment_users";

        public string Experiment { get; init; } = "";
        public string UserId { get; init; } = "";
        public int Arm { get; init; }
        public double Propensity { get; init; }

        public KeptArm ToArm() => new(Experiment, UserId, new ArmChoice(Arm, Propensity));
    }
}
