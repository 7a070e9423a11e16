namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>Which epochs' draws are averaged: those after the burn-in, or so many of them, evenly spread, as may be kept.</summary>
public static class SampleSchedule
{
    /// <summary>The place of an epoch's draw among those that are averaged, from 1 on; 0 where it is not.</summary>
    /// <param name="options">Burn-in and samples to keep.</param>
    /// <param name="epochs">Epochs of the whole training, at least 1.</param>
    /// <param name="epoch">1 to <paramref name="epochs"/>.</param>
    public static int PlaceOf(FmOptions options, int epochs, int epoch)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        int burnIn = Math.Min(options.BurnIn, epochs - 1);
        int step = options.KeptSamples == 0 ? 1 : (epochs - burnIn + options.KeptSamples - 1) / options.KeptSamples;
        int after = epoch - burnIn - 1;
        return after >= 0 && after % step == 0 ? (after / step) + 1 : 0;
    }
}
