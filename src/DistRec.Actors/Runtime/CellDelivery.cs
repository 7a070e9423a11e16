namespace DistRec.Actors.Runtime;

/// <summary>How a message enters a cell of this node.</summary>
internal static class CellDelivery
{
    /// <summary>
    /// Puts a message into the mailbox, waiting for room at most for <paramref name="sendTimeout"/>; a message of the
    /// actor to itself never waits.
    /// </summary>
    /// <exception cref="SendTimeoutException">The mailbox stayed full.</exception>
    /// <exception cref="ActorException">The cell was closed.</exception>
    internal static ValueTask DeliverAsync(
        this ActorCell cell, in Envelope envelope, TimeSpan sendTimeout, TimeProvider time, CancellationToken cancellationToken) =>
        cell.TryDeliver(envelope)
            ? ValueTask.CompletedTask
            : new ValueTask(DeliverWhenThereIsRoomAsync(cell, envelope, sendTimeout, time, cancellationToken));

    /// <summary>Puts a request into the mailbox, waiting for room until <paramref name="answered"/> has ended.</summary>
    /// <exception cref="ActorException">The cell was closed.</exception>
    internal static ValueTask DeliverWhileWaitedForAsync(this ActorCell cell, in Envelope envelope, Task answered) =>
        cell.TryDeliver(envelope)
            ? ValueTask.CompletedTask
            : new ValueTask(DeliverUnlessAsync(cell, envelope, answered));

    /// <summary>False when the mailbox is full or closed.</summary>
    /// <exception cref="ActorException">The message is the actor's own, and the cell was closed.</exception>
    internal static bool TryDeliver(this ActorCell cell, in Envelope envelope)
    {
        if (envelope.Sender != cell.Address)
        {
            return cell.TryPost(envelope);
        }

        if (!cell.PostOwn(envelope))
        {
            cell.ThrowIfClosed();
        }

        return true;
    }

    private static async Task DeliverWhenThereIsRoomAsync(
        ActorCell cell, Envelope envelope, TimeSpan sendTimeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(sendTimeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await cell.PostAsync(envelope, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SendTimeoutException(cell.Address, cell.MailboxCapacity, sendTimeout);
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private static async Task DeliverUnlessAsync(ActorCell cell, Envelope envelope, Task answered)
    {
        using CancellationTokenSource abandoned = new();
        Task posted = cell.PostAsync(envelope, abandoned.Token);
        if (await Task.WhenAny(posted, answered).ConfigureAwait(false) == posted)
        {
            await posted.ConfigureAwait(false);
            return;
        }

        await abandoned.CancelAsync().ConfigureAwait(false);
        await posted.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
