namespace DistRec.Models.Bayesian;

/// <summary>A drawn prior as the row draws of one round use it: the equation is divided by α.</summary>
internal sealed class BpmfShared
{
    public BpmfShared(NormalPrior prior, double precision)
    {
        int rank = prior.Mean.Length;
        Matrix = new FactorTable(rank, rank);
        RightSide = new float[rank];
        for (int i = 0; i < rank; i++)
        {
            double sum = 0;
            for (int j = 0; j < rank; j++)
            {
                Matrix.Row(i)[j] = (float)(prior.Precision[i, j] / precision);
                sum += prior.Precision[i, j] * prior.Mean[j];
            }

            RightSide[i] = (float)(sum / precision);
        }
    }

    /// <summary>Λ/α, [k, k].</summary>
    public FactorTable Matrix { get; }

    /// <summary>Λμ/α, [k].</summary>
    public float[] RightSide { get; }
}
