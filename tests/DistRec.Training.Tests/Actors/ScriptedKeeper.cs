using System.Collections.Concurrent;

namespace DistRec.Training.Tests.Actors;

/// <summary>Keeps what a job tells, as the test says.</summary>
internal sealed class ScriptedKeeper : IJobKeeper
{
    public Func<CancellationToken, Task<JobStart>> Prepare { get; init; } = _ => Task.FromResult(new JobStart());

    public Func<JobEvent, CancellationToken, Task> Write { get; init; } = (_, _) => Task.CompletedTask;

    public Func<TablesPublished, CancellationToken, Task> Take { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>What was written, in order.</summary>
    public ConcurrentQueue<JobEvent> Written { get; } = new();

    public Task<JobStart> PrepareAsync(CancellationToken cancellationToken) => Prepare(cancellationToken);

    public async Task OnEventAsync(JobEvent jobEvent, CancellationToken cancellationToken)
    {
        await Write(jobEvent, cancellationToken);
        Written.Enqueue(jobEvent);
    }

    public Task TakeAsync(TablesPublished tables, EndpointTable endpoints, CancellationToken cancellationToken) => Take(tables, cancellationToken);
}
