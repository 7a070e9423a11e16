using DistRec.Serving.Events;

namespace DistRec.Serving.Tests.Events;

/// <summary>A log of given events.</summary>
internal sealed class GivenLog : IEventLog
{
    public List<ServingEvent> Events { get; } = [];

    public string Place => "memory";

    public int Partitions => UserPartitions.DefaultCount;

    public Task<long> LastAsync(CancellationToken cancellationToken = default) => Task.FromResult(Events.Count == 0 ? 0 : Events[^1].Sequence);

    public Task<IReadOnlyList<EventVerdict>> AppendAsync(IReadOnlyList<ServingEvent> events, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<ServingEvent> ReadAsync(
        long after = 0, int? partition = null, EventKind? kind = null, string? experiment = null, CancellationToken cancellationToken = default) =>
        Events.Where(one => one.Sequence > after && (kind ?? one.Kind) == one.Kind).ToAsyncEnumerable();
}
