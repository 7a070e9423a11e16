namespace DistRec.Models.Bayesian;

/// <summary>A drawn prior as the row draws of one round use it: the equation is divided by α.</summary>
internal sealed class BpmfShared
{
    /// <param name="prior">Of the factors, and of the bias last where <paramref name="rank"/> leaves one over.</param>
    /// <param name="rank">k.</param>
    /// <param name="precision">α.</param>
    public BpmfShared(NormalPrior prior, int rank, double precision)
    {
        int width = prior.Mean.Length;
        Matrix = new FactorTable(rank, rank);
        RightSide = new float[width];
        Border = new float[rank];
        Corner = width > rank ? prior.Precision[rank, rank] / precision : 0;
        for (int i = 0; i < width; i++)
        {
            double sum = 0;
            for (int j = 0; j < width; j++)
            {
                if (i < rank && j < rank)
                {
                    Matrix.Row(i)[j] = (float)(prior.Precision[i, j] / precision);
                }
                else if (i < rank)
                {
                    Border[i] = (float)(prior.Precision[i, j] / precision);
                }

                sum += prior.Precision[i, j] * prior.Mean[j];
            }

            RightSide[i] = (float)(sum / precision);
        }
    }

    /// <summary>Λ/α among factors, [k, k].</summary>
    public FactorTable Matrix { get; }

    /// <summary>Λ/α between factors and the bias, [k].</summary>
    public float[] Border { get; }

    /// <summary>Λ/α of the bias.</summary>
    public double Corner { get; }

    /// <summary>Λμ/α, [k], and of the bias, [k + 1].</summary>
    public float[] RightSide { get; }

    /// <summary>The basis of the side's averages, [k, k].</summary>
    public FactorTable? Basis { get; init; }

    /// <summary>The mean of the other side's averages, [k].</summary>
    public float[] Center { get; init; } = [];
}
