using DistRec.Training.Blocks;
using DistRec.Training.Coordination;

namespace DistRec.Training.Work;

/// <summary>Runs work and says how it ended; never throws.</summary>
internal static class WorkRunner
{
    /// <param name="number">The work's number.</param>
    /// <param name="work">The work.</param>
    public static async Task<WorkEnded> RunAsync(long number, Func<Task<RoundSums>> work)
    {
        try
        {
            return new WorkEnded(number, WorkOutcome.Done, await work().ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is OperationCanceledException or BlockDroppedException)
        {
            return new WorkEnded(number, WorkOutcome.Overtaken);
        }
        catch (Exception exception) when (exception is NumericalException or BlockUnreachableException)
        {
            // Arithmetic repeats itself, and a node that is out of reach has been called for long.
            return new WorkEnded(number, WorkOutcome.Fatal, Error: exception.Message);
        }
        catch (Exception exception) when (MemoryShortage.Is(exception))
        {
            // The same again would not fit either.
            return new WorkEnded(number, WorkOutcome.Fatal, Error: MemoryShortage.Describe());
        }
        catch (Exception exception)
        {
            return new WorkEnded(number, WorkOutcome.Failed, Error: $"{exception.GetType().Name}: {exception.Message}");
        }
    }
}
