namespace DistRec.Training.Tests.Simulation;

/// <summary>Throws at one of its calls, however often it is made anew.</summary>
internal sealed class BreakingKeeper(IJobKeeper keeper, int breaksAt) : IJobKeeper
{
    internal const string Reason = "the keeper broke";

    private int _calls;

    public async Task<JobStart> PrepareAsync(CancellationToken cancellationToken)
    {
        Count();
        return await keeper.PrepareAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task OnEventAsync(JobEvent jobEvent, CancellationToken cancellationToken)
    {
        Count();
        await keeper.OnEventAsync(jobEvent, cancellationToken).ConfigureAwait(false);
    }

    public async Task TakeAsync(TablesPublished tables, EndpointTable endpoints, CancellationToken cancellationToken)
    {
        Count();
        await keeper.TakeAsync(tables, endpoints, cancellationToken).ConfigureAwait(false);
    }

    private void Count()
    {
        if (++_calls == breaksAt)
        {
            throw new InvalidOperationException(Reason);
        }
    }
}
