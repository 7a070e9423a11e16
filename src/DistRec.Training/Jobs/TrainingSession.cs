using DistRec.Actors;
using DistRec.Data;
using DistRec.Models;
using DistRec.Training.Actors;
using DistRec.Training.Journal;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;

namespace DistRec.Training.Jobs;

/// <summary>
/// Runs one training job on the engine of this process: publishes the ratings to the partitions, starts the coordinator, watches,
/// and takes the tables. The client's side of the protocol; all training happens in the actors.
/// </summary>
public sealed class TrainingSession
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(30);

    private readonly TrainingData _data;
    private readonly TrainingSettings _settings;
    private readonly SessionOptions _options;
    private readonly IProgress<JobEvent>? _progress;
    private readonly ParticipantFactories _factories;
    private readonly CheckpointFolder? _checkpoints;
    private readonly List<EpochFinished> _epochs = [];
    private readonly List<string> _notes = [];
    private FactorModel? _model;
    private string? _checkpointPath;

    private TrainingSession(
        TrainingData data, TrainingSettings settings, SessionOptions options, IProgress<JobEvent>? progress, ParticipantFactories factories)
    {
        _data = data;
        _settings = settings;
        _options = options;
        _progress = progress;
        _factories = factories;
        _checkpoints = options.WorkFolder is null ? null : new CheckpointFolder(CheckpointsOf(options.WorkFolder), options.Resume);
    }

    /// <summary>Trains a model.</summary>
    /// <param name="data">The ratings.</param>
    /// <param name="settings">What a person decides about.</param>
    /// <param name="options">Journal, checkpoints, resuming.</param>
    /// <param name="progress">Told every event of the job, in order.</param>
    /// <param name="cancellationToken">Stops the job after the round it is in, with a checkpoint.</param>
    /// <returns>How it ended. A job that fails on its way is an outcome, not an exception.</returns>
    /// <exception cref="InputException">Settings, data or work folder cannot be used.</exception>
    public static Task<TrainingOutcome> RunAsync(
        TrainingData data,
        TrainingSettings settings,
        SessionOptions options,
        IProgress<JobEvent>? progress = null,
        CancellationToken cancellationToken = default) =>
        RunAsync(data, settings, options, new ParticipantFactories(), progress, cancellationToken);

    /// <summary>Removes the checkpoints of a job whose model is safe.</summary>
    public static void RemoveCheckpoints(string workFolder) => new CheckpointFolder(CheckpointsOf(workFolder), goesOn: true).Clear();

    /// <summary>As above, with participants of the caller's making.</summary>
    internal static async Task<TrainingOutcome> RunAsync(
        TrainingData data,
        TrainingSettings settings,
        SessionOptions options,
        ParticipantFactories factories,
        IProgress<JobEvent>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(options);
        return await new TrainingSession(data, settings, options, progress, factories).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<TrainingOutcome> RunAsync(CancellationToken cancellationToken)
    {
        _settings.Validate();
        if (_settings.Mf is not null && _settings.Threads > _settings.Partitions)
        {
            _notes.Add($"a partition descends on one thread, so {_settings.Partitions} of {_settings.Threads} threads train; give as many partitions as threads");
        }

        Checkpoint? checkpoint = _options.Resume ? LoadCheckpoint() : null;
        JobSpec spec = JobSpecs.Create(_options.Job, _data, _settings, checkpoint?.Resume);
        using JobJournal? journal = _options.WorkFolder is null
            ? null
            : JobJournal.Open(Path.Combine(_options.WorkFolder, "journal.db"), _options.Time);
        journal?.Begin(spec);
        LocalActorSystem system = new(new LocalActorSystemOptions { ComputeThreads = _settings.Threads, Time = _options.Time });
        try
        {
            await PublishDataAsync(system, spec, checkpoint).ConfigureAwait(false);
            Register(system, spec);
            await system.AskAsync<JobAccepted>(Addresses.Coordinator, new StartJob { Spec = spec }, AskTimeout, CancellationToken.None).ConfigureAwait(false);
            StateChanged end = await WatchAsync(system, spec, journal, cancellationToken).ConfigureAwait(false);
            return new TrainingOutcome(end.State, end.Reason, _model, end.BestEpoch, _epochs, _notes, _checkpointPath);
        }
        finally
        {
            await system.DisposeAsync().ConfigureAwait(false);
        }

    }

    private static string CheckpointsOf(string workFolder) => Path.Combine(workFolder, "checkpoints");

    private Checkpoint LoadCheckpoint()
    {
        Checkpoint checkpoint = (_checkpoints ?? throw InputException.At("--resume", "a work folder", "none", "give --out")).LoadNewest();
        if (checkpoint.Fingerprint != _data.Fingerprint)
        {
            throw InputException.At(
                _checkpoints.Newest!, $"a checkpoint of the data {_data.Name} ({_data.Fingerprint[..12]}…)", $"one of other data ({checkpoint.Fingerprint[..12]}…)",
                "give the data, split and seed that the job began with, or leave out --resume");
        }

        // The model's settings are part of the tables' meaning; epochs, patience and partitions may change.
        JobSpec now = JobSpecs.Create(_options.Job, _data, _settings, null);
        if (!Equals(now.Als, checkpoint.Spec.Als) || !Equals(now.Mf, checkpoint.Spec.Mf) || !Equals(now.Baseline, checkpoint.Spec.Baseline))
        {
            throw InputException.At(
                _checkpoints.Newest!, "the model settings that the job began with", "other ones", "give the same settings, or leave out --resume");
        }

        _checkpointPath = _checkpoints.Newest;
        return checkpoint;
    }

    private void Register(LocalActorSystem system, JobSpec spec)
    {
        int shards = spec.UserStarts.Count - 1;
        bool descends = spec.ModelCase == JobSpec.ModelOneofCase.Mf;
        system.Register(
            new ActorKind(Addresses.CoordinatorKind, 1, _ => new CoordinatorActor()) { Restart = new RestartPolicy { MaxRestarts = 0 } },
            new ActorKind(Addresses.UserKind, shards, descends ? _factories.Worker : _factories.Users),
            descends
                ? new ActorKind(Addresses.ParameterKind, shards, _factories.Parameters)
                : new ActorKind(Addresses.ItemKind, shards, _factories.Items));
    }

    // Ratings, and on resuming the tables, wait in the exchange until the partitions pull them.
    private async Task PublishDataAsync(LocalActorSystem system, JobSpec spec, Checkpoint? checkpoint)
    {
        bool descends = spec.ModelCase == JobSpec.ModelOneofCase.Mf;
        int shards = spec.UserStarts.Count - 1;
        for (int shard = 0; shard < shards; shard++)
        {
            int from = spec.UserStarts[shard];
            int to = spec.UserStarts[shard + 1];
            system.Blocks.Publish(
                Addresses.RatingsKey(spec.Job, Addresses.UserKind, shard),
                new RatingBlock(_data.Train.Rows(from, to), _data.Validation?.Rows(from, to)));
        }

        if (!descends)
        {
            await system.Compute.ForAsync(
                shards,
                (shard, _) => system.Blocks.Publish(
                    Addresses.RatingsKey(spec.Job, Addresses.ItemKind, shard),
                    new RatingBlock(_data.Train.TransposeColumns(spec.ItemStarts[shard], spec.ItemStarts[shard + 1]), null))).ConfigureAwait(false);
        }

        if (checkpoint is not null)
        {
            PublishTables(Addresses.Tables, checkpoint.Current);
            PublishTables(Addresses.KeptTables, checkpoint.Kept);
        }

        void PublishTables(string name, FactorModel tables)
        {
            PublishSide(Addresses.UserKind, spec.UserStarts, tables.UserFactors, tables.UserBiases);
            PublishSide(
                descends ? Addresses.ParameterKind : Addresses.ItemKind, descends ? spec.BlockStarts : spec.ItemStarts, tables.ItemFactors, tables.ItemBiases);

            void PublishSide(string kind, IReadOnlyList<int> starts, Numerics.Linear.FactorTable? factors, float[] biases)
            {
                for (int shard = 0; shard < starts.Count - 1; shard++)
                {
                    system.Blocks.Publish(
                        Addresses.ResumeKey(spec.Job, kind, name, shard), JobTables.Cut(factors, biases, starts[shard], starts[shard + 1]));
                }
            }
        }
    }

    private async Task<StateChanged> WatchAsync(LocalActorSystem system, JobSpec spec, JobJournal? journal, CancellationToken cancellationToken)
    {
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = cancellationToken.Register(cancelled.SetResult);
        bool cancelSent = false;
        long after = 0;
        Task<JobEvents>? watching = null;
        while (true)
        {
            watching ??= system.AskAsync<JobEvents>(Addresses.Coordinator, new WatchJob { Job = spec.Job, After = after }, AskTimeout, CancellationToken.None);
            Task first = await Task.WhenAny(watching, system.Failed, cancelSent ? watching : cancelled.Task).ConfigureAwait(false);
            if (first == system.Failed)
            {
                ActorFailure failure = await system.Failed.ConfigureAwait(false);
                StateChanged failed = new() { State = JobState.Failed, Reason = $"{failure.Address.Kind}/{failure.Address.Shard} failed {failure.Restarts + 1} times; first: {failure.Cause.Message}" };
                JobEvent last = new() { Sequence = after + 1, State = failed };
                journal?.Append(spec.Job, last);
                _progress?.Report(last);
                return failed;
            }

            if (first == cancelled.Task)
            {
                await CancelAsync().ConfigureAwait(false);
                continue;
            }

            JobEvents events;
            try
            {
                events = await watching.ConfigureAwait(false);
            }
            catch (AskTimeoutException)
            {
                // A long round without news: ask again.
                continue;
            }
            catch (ActorFailedException)
            {
                // The coordinator is gone; the system says why.
                await system.Failed.ConfigureAwait(false);
                continue;
            }
            finally
            {
                watching = null;
            }

            foreach (JobEvent happening in events.Events)
            {
                after = happening.Sequence;
                journal?.Append(spec.Job, happening);
                _progress?.Report(happening);
                if (cancellationToken.IsCancellationRequested && !cancelSent)
                {
                    // Before the tables are taken, which would let the next epoch begin.
                    await CancelAsync().ConfigureAwait(false);
                }

                await TakeAsync(system, spec, happening).ConfigureAwait(false);
                if (happening.State is { State: JobState.Completed or JobState.Failed or JobState.Cancelled } end)
                {
                    return end;
                }
            }
        }

        async ValueTask CancelAsync()
        {
            cancelSent = true;
            await system.SendAsync(Addresses.Coordinator, new CancelJob { Job = spec.Job }, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task TakeAsync(LocalActorSystem system, JobSpec spec, JobEvent happening)
    {
        switch (happening.WhatCase)
        {
            case JobEvent.WhatOneofCase.Epoch:
                // A job that begins again after a loss repeats its epochs.
                _epochs.RemoveAll(epoch => epoch.Epoch >= happening.Epoch.Epoch);
                _epochs.Add(happening.Epoch);
                break;
            case JobEvent.WhatOneofCase.Note:
                _notes.Add(happening.Note.Text);
                break;
            case JobEvent.WhatOneofCase.Tables:
                TablesPublished tables = happening.Tables;
                if (tables.Purpose == TablesPurpose.Model)
                {
                    _model = await PullModelAsync(system, spec, tables.Round, Addresses.Tables).ConfigureAwait(false);
                }
                else if (_checkpoints is not null)
                {
                    FactorModel current = await PullModelAsync(system, spec, tables.Round, Addresses.Tables).ConfigureAwait(false);
                    FactorModel kept = await PullModelAsync(system, spec, tables.Round, Addresses.KeptTables).ConfigureAwait(false);
                    _checkpointPath = _checkpoints.Save(new Checkpoint(spec, _data.Fingerprint, tables.Resume, current, kept));
                }

                await system.SendAsync(
                    Addresses.Coordinator, new TablesTaken { Job = spec.Job, Round = tables.Round }, CancellationToken.None).ConfigureAwait(false);
                break;
            default:
                break;
        }
    }

    private static async Task<FactorModel> PullModelAsync(LocalActorSystem system, JobSpec spec, long round, string name)
    {
        bool descends = spec.ModelCase == JobSpec.ModelOneofCase.Mf;
        FactorBlock users = await PullSideAsync(Addresses.UserKind, spec.UserStarts.Count - 1, shard => shard).ConfigureAwait(false);
        FactorBlock items = descends
            ? await PullSideAsync(Addresses.ParameterKind, spec.BlockStarts.Count - 1, block => ParameterShardActor.ShardOf(block, spec)).ConfigureAwait(false)
            : await PullSideAsync(Addresses.ItemKind, spec.ItemStarts.Count - 1, shard => shard).ConfigureAwait(false);
        return JobTables.ToModel(spec, users, items);

        async Task<FactorBlock> PullSideAsync(string kind, int count, Func<int, int> shardOf)
        {
            FactorBlock[] blocks = new FactorBlock[count];
            for (int from = 0; from < count; from++)
            {
                blocks[from] = await system.Blocks.PullAsync(
                    new ActorAddress(kind, shardOf(from)), Addresses.TablesKey(spec.Job, round, kind, name, from), FactorBlock.Reader.Instance).ConfigureAwait(false);
            }

            return JobTables.Join(blocks, JobSpecs.RankOf(spec));
        }
    }
}
