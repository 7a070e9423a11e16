using DistRec.Models.Queries.Asking;
using DistRec.Serving.Events;
using DistRec.Serving.Registry;
using DistRec.Serving.Telemetry;

namespace DistRec.Serving.Users;

/// <summary>
/// What one node answers from: the active versions, and the partitions of users that live here. Reading takes no lock and asks no actor.
/// </summary>
/// <param name="partitions">How many partitions of users there are, on all nodes.</param>
public sealed class ServingNode(int partitions)
{
    private readonly UserPartition?[] _hosted = new UserPartition?[partitions];
    private volatile ActiveModels _models = ActiveModels.None;
    private volatile IReadOnlyDictionary<SavedModel, ServingModel> _withNewItems = new Dictionary<SavedModel, ServingModel>();
    private volatile string _fault = "";

    /// <summary>How many partitions of users there are, on all nodes.</summary>
    public int Partitions => _hosted.Length;

    /// <summary>The versions that answer. Replaced as a whole.</summary>
    public ActiveModels Models
    {
        get => _models;
        set
        {
            // New counts of an experiment swap no version.
            bool isSwap = !_models.Models.Values.ToHashSet().SetEquals(value.Models.Values);
            _models = value;
            if (isSwap)
            {
                ServingTelemetry.ModelsSwapped();
            }
        }
    }

    /// <summary>
    /// A version with the new items that are known of now. A request asks for it once, with the version that it has taken, so that all it answers from is of one
    /// moment.
    /// </summary>
    public ServingModel WithNewItems(ServingModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return _withNewItems.GetValueOrDefault(model.Saved, model);
    }

    /// <summary>Versions with their new items. Replaced as a whole.</summary>
    internal void Replace(IReadOnlyDictionary<SavedModel, ServingModel> withNewItems) => _withNewItems = withNewItems;

    /// <summary>Why a version that should answer does not; empty where all do.</summary>
    public string Fault
    {
        get => _fault;
        set => _fault = value;
    }

    /// <summary>The partition of a user; null where another node has it.</summary>
    public UserPartition? PartitionOf(string user) => Volatile.Read(ref _hosted[UserPartitions.Of(user, _hosted.Length)]);

    /// <summary>The partitions that live here.</summary>
    public IEnumerable<UserPartition> Hosted => _hosted.Select((_, index) => Volatile.Read(ref _hosted[index])).OfType<UserPartition>();

    /// <summary>A partition is complete, and answers from here.</summary>
    internal void Enter(UserPartition partition) => Volatile.Write(ref _hosted[partition.Index], partition);

    /// <summary>A partition has gone; one that has taken its place meanwhile stays.</summary>
    internal void Leave(UserPartition partition) => Interlocked.CompareExchange(ref _hosted[partition.Index], null, partition);
}
