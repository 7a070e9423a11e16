namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>Which epochs' samples are kept: after the burn-in, evenly spread, the last one always.</summary>
public static class SampleSchedule
{
    /// <summary>How many samples the rows hold after an epoch.</summary>
    /// <param name="options">Burn-in and samples to keep.</param>
    /// <param name="epochs">Epochs of the whole training.</param>
    /// <param name="epoch">1 to <paramref name="epochs"/>; 0 before the first.</param>
    public static int KeptCount(FmOptions options, int epochs, int epoch)
    {
        ArgumentNullException.ThrowIfNull(options);

        // Where the burn-in takes all epochs, the last sample stands alone.
        int burnIn = Math.Min(options.BurnIn, epochs - 1);
        int eligible = epochs - burnIn;
        int kept = Math.Min(options.KeptSamples, eligible);
        return epoch <= burnIn ? 0 : (int)((long)(epoch - burnIn) * kept / eligible);
    }
}
