namespace DistRec.Training.Coordination;

/// <summary>Which node's block exchange holds the blocks of which partition, as far as a coordinator has heard.</summary>
internal sealed class EndpointTable
{
    private readonly Dictionary<PartitionId, string> _endpoints = [];

    /// <param name="coordinator">The exchange of the node that has the job's data and stored tables.</param>
    public EndpointTable(string coordinator) => Coordinator = coordinator;

    /// <summary>Reads what a command carries.</summary>
    /// <exception cref="InvalidDataException">An index is out of range.</exception>
    public EndpointTable(Endpoints? message)
    {
        message ??= new Endpoints { Nodes = { "" } };
        Coordinator = At(message, message.Coordinator)
            ?? throw new InvalidDataException($"endpoints: expected the coordinator's among {message.Nodes.Count}, found index {message.Coordinator}");
        Read(Side.User, message.Users);
        Read(Side.Item, message.Items);

        void Read(Side side, IReadOnlyList<int> indexes)
        {
            for (int index = 0; index < indexes.Count; index++)
            {
                if (At(message, indexes[index]) is { } endpoint)
                {
                    _endpoints[new PartitionId(side, index)] = endpoint;
                }
            }
        }
    }

    /// <summary>The exchange of the node that has the job's data and stored tables.</summary>
    public string Coordinator { get; }

    /// <summary>The exchange of the node that a partition lives on.</summary>
    /// <exception cref="InvalidOperationException">It has not been heard of.</exception>
    public string Of(PartitionId partition) => _endpoints.TryGetValue(partition, out string? endpoint)
        ? endpoint
        : throw new InvalidOperationException($"{partition}: expected its endpoint in the command, found none");

    /// <summary>A partition has been heard of.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Set(PartitionId partition, string endpoint)
    {
        bool isNews = _endpoints.GetValueOrDefault(partition) != endpoint;
        _endpoints[partition] = endpoint;
        return isNews;
    }

    /// <summary>The same as of now, for whoever looks later.</summary>
    public EndpointTable Copy()
    {
        EndpointTable copy = new(Coordinator);
        foreach ((PartitionId partition, string endpoint) in _endpoints)
        {
            copy._endpoints[partition] = endpoint;
        }

        return copy;
    }

    /// <summary>As a command carries it.</summary>
    /// <param name="partitions">Partitions of each side.</param>
    public Endpoints ToMessage(int partitions)
    {
        Dictionary<string, int> nodes = new(StringComparer.Ordinal) { [Coordinator] = 0 };
        Endpoints message = new();
        message.Users.AddRange(IndexesOf(Side.User));
        message.Items.AddRange(IndexesOf(Side.Item));
        message.Nodes.AddRange(nodes.OrderBy(node => node.Value).Select(node => node.Key));
        return message;

        IEnumerable<int> IndexesOf(Side side) => Enumerable.Range(0, partitions).Select(index =>
        {
            if (!_endpoints.TryGetValue(new PartitionId(side, index), out string? endpoint))
            {
                return -1;
            }

            nodes.TryAdd(endpoint, nodes.Count);
            return nodes[endpoint];
        }).ToArray();
    }

    private static string? At(Endpoints message, int index) => index >= 0 && index < message.Nodes.Count ? message.Nodes[index] : null;
}
