using DistRec.Training.Blocks;
using DistRec.Training.Coordination;

namespace DistRec.Training.Jobs;

/// <summary>
/// Has published tables kept, one set after the other. Training goes on meanwhile: the job may go back and publish something newer, and then
/// nobody needs the older ones any more.
/// </summary>
internal sealed class TableTaker(IJobKeeper keeper) : IDisposable
{
    private CancellationTokenSource? _cancel;
    private Task _taking = Task.CompletedTask;

    /// <summary>Gives up what is being taken, and takes these tables.</summary>
    /// <returns>Null where they were overtaken; otherwise that they are kept, or why not.</returns>
    public Task<TablesTaken?> TakeAsync(TablesPublished tables, EndpointTable endpoints)
    {
        CancellationTokenSource? overtaken = _cancel;
        CancellationTokenSource cancel = _cancel = new CancellationTokenSource();
        Task<TablesTaken?> taking = TakeAfterAsync(_taking, tables, endpoints, cancel.Token);
        _taking = taking;
        overtaken?.Cancel();
        return taking;
    }

    /// <summary>Gives up: of a job that has ended, or lost its coordinator, nobody may ever publish what is still waited for.</summary>
    public void Dispose() => _cancel?.Cancel();

    private async Task<TablesTaken?> TakeAfterAsync(Task before, TablesPublished tables, EndpointTable endpoints, CancellationToken cancellationToken)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await keeper.TakeAsync(tables, endpoints, cancellationToken).ConfigureAwait(false);
            return new TablesTaken(tables.Version);
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested || exception is OperationCanceledException or BlockDroppedException)
        {
            return null;
        }
        catch (Exception exception)
        {
            return new TablesTaken(tables.Version, $"the tables could not be kept: {exception.Message}");
        }
    }
}
