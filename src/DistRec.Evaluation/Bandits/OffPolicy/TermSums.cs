namespace DistRec.Evaluation.Bandits.OffPolicy;

/// <summary>Mean and spread of terms, added one by one (Welford, Technometrics 1962).</summary>
internal sealed class TermSums
{
    private double _squares;

    public long Count { get; private set; }

    public double Mean { get; private set; }

    /// <summary>s/√n with the variance over n − 1; 0 for fewer than two terms.</summary>
    public double StandardError => Count < 2 ? 0 : Math.Sqrt(_squares / (Count - 1) / Count);

    public void Add(double term)
    {
        Count++;
        double off = term - Mean;
        Mean += off / Count;
        _squares += off * (term - Mean);
    }
}
