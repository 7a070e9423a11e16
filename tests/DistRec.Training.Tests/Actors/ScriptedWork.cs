using System.Threading.Channels;

namespace DistRec.Training.Tests.Actors;

/// <summary>Work that begins when it is told to and ends when the test says so.</summary>
internal sealed class ScriptedWork : IPartitionWork
{
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();

    public double Fraction { get; set; }

    /// <summary>The next piece of work that has begun.</summary>
    public Task<Call> NextAsync() => _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken) => BeginAsync(round.Command, null, cancellationToken);

    public Task<RoundSums> VisitAsync(RoundInput round, VisitBlock visit, CancellationToken cancellationToken) =>
        BeginAsync(round.Command, visit, cancellationToken);

    private Task<RoundSums> BeginAsync(RunRound command, VisitBlock? visit, CancellationToken cancellationToken)
    {
        Call call = new(command, visit, cancellationToken);
        _calls.Writer.TryWrite(call);
        return call.Ending.Task;
    }

    internal sealed record Call(RunRound Command, VisitBlock? Visit, CancellationToken Cancelled)
    {
        public TaskCompletionSource<RoundSums> Ending { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void End(RoundSums sums = default) => Ending.SetResult(sums);
    }
}
