using Akka.Actor;
using Akka.Event;
using DistRec.Serving.Queries;
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
/// Loads the versions that the registry has made active, and puts them in the place of those before them, all at once. It looks at the registry
/// every second, since others change it too, and whenever it is asked. A version that cannot be loaded leaves the one before it where it is.
/// </summary>
internal sealed class ActiveModelsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ServingNode _node;
    private readonly IModelRegistry _registry;
    private readonly List<IActorRef> _waiting = [];
    private readonly List<IActorRef> _asked = [];
    private readonly CancellationTokenSource _stopped = new();
    private long _seen = -1;
    private bool _isLoading;

    public ActiveModelsActor(ServingNode node, IModelRegistry registry)
    {
        _node = node;
        _registry = registry;
        Receive<RefreshModels>(_ =>
        {
            // What is under way may have looked before the change that this is about.
            _asked.Add(Sender);
            Load();
        });
        Receive<LookDue>(_ => Load());
        Receive<Loaded>(OnLoaded);
        Receive<Status.Failure>(failure => OnLoaded(new Loaded(_seen, null, $"the active models cannot be listed: {failure.Cause.Message}")));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How one is made.</summary>
    public static Props Props(ServingNode node, IModelRegistry registry) => Akka.Actor.Props.Create(() => new ActiveModelsActor(node, registry));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(LookDue), LookDue.Instance, Interval);
        Load();
    }

    protected override void PostStop() => _stopped.Cancel();

    private void Load()
    {
        if (_isLoading)
        {
            return;
        }

        _isLoading = true;
        _waiting.AddRange(_asked);
        _asked.Clear();
        long seen = _seen;
        ActiveModels before = _node.Models;
        Task.Run(() => LoadAsync(seen, before)).PipeTo(Self);
    }

    private async Task<Loaded> LoadAsync(long seen, ActiveModels before)
    {
        long newest = await _registry.LastChangeAsync(_stopped.Token).ConfigureAwait(false);
        if (newest == seen)
        {
            return new Loaded(seen, null, "");
        }

        Dictionary<string, ServingModel> models = new(StringComparer.Ordinal);
        ServingModel? newestModel = null;
        List<string> faults = [];
        foreach (ModelVersion version in await _registry.ActiveAsync(_stopped.Token).ConfigureAwait(false))
        {
            ServingModel? known = before.Models.GetValueOrDefault(version.Name);
            try
            {
                if (known?.Version != version.Version)
                {
                    known = new ServingModel(await _registry.LoadAsync(version, _stopped.Token).ConfigureAwait(false), version.Name, version.Version);
                    known.Warm();
                }
            }
            catch (Exception exception) when (exception is InputException or ModelRegistryException or IOException)
            {
                faults.Add($"{version}: {exception.Message}");
            }

            if (known is not null)
            {
                models[version.Name] = known;
                newestModel ??= known;
            }
        }

        return new Loaded(newest, new ActiveModels(models, newestModel), string.Join("; ", faults));
    }

    private void OnLoaded(Loaded loaded)
    {
        _isLoading = false;
        if (loaded.Models is { } models)
        {
            _node.Models = models;
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

        foreach (IActorRef waiting in _waiting)
        {
            waiting.Tell(new ModelsRefreshed(_node.Fault));
        }

        _waiting.Clear();
        if (_asked.Count > 0)
        {
            Load();
        }
    }

    private sealed record LookDue
    {
        public static LookDue Instance { get; } = new();
    }

    private sealed record Loaded(long Seen, ActiveModels? Models, string Fault);
}
