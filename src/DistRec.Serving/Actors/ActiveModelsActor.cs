using Akka.Actor;
using Akka.Event;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Registry;
using DistRec.Serving.Users;

namespace DistRec.Serving.Actors;

/// <summary>Names the actor that loads what is active.</summary>
internal sealed class ActiveModelsKey
{
    private ActiveModelsKey()
    {
    }
}

/// <summary>Asks a node to answer by what the registry says now; answered by <see cref="ModelsRefreshed"/>.</summary>
internal sealed record RefreshModels
{
    public static RefreshModels Instance { get; } = new();
}

/// <summary>The node answers by what the registry said, but for versions that cannot be loaded.</summary>
/// <param name="Fault">Why not; empty where all are loaded.</param>
internal sealed record ModelsRefreshed(string Fault);

/// <summary>
/// Loads what is to answer, and puts it in the place of what did before, all at once: active versions, and experiments with their arms and what
/// was counted of them. It looks every second, since other nodes change things too, and whenever it is asked.
/// </summary>
internal sealed class ActiveModelsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ServingNode _node;
    private readonly ActiveModelsReader _reader;
    private readonly Looks _looks = new();
    private readonly CancellationTokenSource _stopped = new();
    private (long Models, long Experiments) _seen = (-1, -1);

    public ActiveModelsActor(ServingNode node, ActiveModelsReader reader)
    {
        _node = node;
        _reader = reader;
        Receive<RefreshModels>(_ =>
        {
            _looks.Ask(Sender);
            Load();
        });
        Receive<LookDue>(_ => Load());
        Receive<Loaded>(OnLoaded);
        Receive<Status.Failure>(failure => OnLoaded(new Loaded(_seen, null, $"the active models cannot be listed: {failure.Cause.Message}")));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How one is made.</summary>
    public static Props Props(ServingNode node, ActiveModelsReader reader) =>
        Akka.Actor.Props.Create(() => new ActiveModelsActor(node, reader));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(LookDue), LookDue.Instance, Interval);
        Load();
    }

    protected override void PostStop() => _stopped.Cancel();

    private void Load()
    {
        if (!_looks.TryBegin())
        {
            return;
        }

        (long Models, long Experiments) seen = _seen;
        ActiveModels before = _node.Models;
        Task.Run(() => LoadAsync(seen, before)).PipeTo(Self);
    }

    private async Task<Loaded> LoadAsync((long Models, long Experiments) seen, ActiveModels before)
    {
        (long Models, long Experiments) newest = await _reader.RevisionAsync(_stopped.Token).ConfigureAwait(false);
        if (newest == seen)
        {
            return new Loaded(seen, null, "");
        }

        (ActiveModels models, string fault) = await _reader.ReadAsync(before, _stopped.Token).ConfigureAwait(false);
        return new Loaded(newest, models, fault);
    }

    private void OnLoaded(Loaded loaded)
    {
        if (loaded.Models is { } models)
        {
            _node.Models = models;
            foreach (UserPartition partition in _node.Hosted)
            {
                partition.ForgetArms(models.OpenExperiments);
            }
        }

        if (loaded.Fault.Length > 0 && loaded.Fault != _node.Fault)
        {
            Context.GetLogger().Error("The active models are not all loaded: {0}", loaded.Fault);
        }

        _seen = loaded.Seen;
        if (loaded.Models is not null || loaded.Fault.Length > 0)
        {
            _node.Fault = loaded.Fault;
        }

        if (_looks.End(new ModelsRefreshed(_node.Fault)))
        {
            Load();
        }
    }

    private sealed record LookDue
    {
        public static LookDue Instance { get; } = new();
    }

    private sealed record Loaded((long Models, long Experiments) Seen, ActiveModels? Models, string Fault);
}
