namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>
/// Which epochs make which kept sample: after the burn-in, as many consecutive stretches of equal length as samples are kept. A sample
/// is written in every epoch of its stretch, so that rows are complete after each.
/// </summary>
public static class SampleSchedule
{
    /// <summary>How many samples the rows hold after an epoch, the one of the present stretch with them.</summary>
    /// <param name="options">Burn-in and samples to keep.</param>
    /// <param name="epochs">Epochs of the whole training, at least 1.</param>
    /// <param name="epoch">1 to <paramref name="epochs"/>; 0 before the first.</param>
    public static int KeptCount(FmOptions options, int epochs, int epoch)
    {
        (int burnIn, int length, int kept) = Parts(options, epochs);
        return epoch <= burnIn ? 0 : (int)((((long)(epoch - burnIn) * kept) + length - 1) / length);
    }

    /// <summary>The place of an epoch in its stretch, from 1 on; 0 in the burn-in.</summary>
    public static int PlaceOf(FmOptions options, int epochs, int epoch)
    {
        (int burnIn, int length, int kept) = Parts(options, epochs);
        long before = KeptCount(options, epochs, epoch) - 1;
        return before < 0 ? 0 : epoch - burnIn - (int)(before * length / kept);
    }

    // Where the burn-in would take all epochs, the last sample stands alone.
    private static (int BurnIn, int Length, int Kept) Parts(FmOptions options, int epochs)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        int burnIn = Math.Min(options.BurnIn, epochs - 1);
        return (burnIn, epochs - burnIn, Math.Min(options.KeptSamples, epochs - burnIn));
    }
}
