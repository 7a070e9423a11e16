using DistRec.Numerics.Embedding;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Maps;

/// <summary>
/// Gradient descent with momentum, and a gain for each coordinate that grows while its gradient keeps pointing where it moves (Jacobs,
/// "Increased rates of convergence through learning rate adaptation", 1988), as van der Maaten and Hinton use it.
/// </summary>
internal sealed class TsneDescent
{
    private const float InitialDeviation = 1e-4f;
    private const float Jitter = 0.01f; // of the initial deviation: what parts points that are equal
    private const float GainStep = 0.2f;
    private const float GainDecay = 0.8f;
    private const float MinGain = 0.01f;

    // A map of a million points is a few hundred wide. Whatever happens, coordinates and their squares stay numbers.
    private const float Farthest = 1e5f;

    private readonly Coordinate[] _coordinates;
    private readonly float _rate;

    /// <param name="rows">The points where they come from, their mean 0, [points, rank].</param>
    /// <param name="options">How to descend.</param>
    public TsneDescent(FactorTable rows, TsneOptions options)
    {
        // The plane of most variance keeps the large shape of the data, which t-SNE itself does not see (Kobak, Berens, Nature
        // Communications 2019).
        Positions = PrincipalPlane.Project(rows);
        double squares = 0;
        foreach (float value in Positions.Row(0))
        {
            squares += (double)value * value;
        }

        double deviation = Math.Sqrt(squares / rows.Rows);
        float scale = deviation > 0 ? (float)(InitialDeviation / deviation) : 0;
        for (int point = 0; point < rows.Rows; point++)
        {
            EntityRandom random = new(options.Seed, RandomPurpose.MapPosition, point);
            foreach (int axis in (ReadOnlySpan<int>)[0, 1])
            {
                ref float at = ref Positions.Row(axis)[point];
                at = (at * scale) + (float)(InitialDeviation * Jitter * random.NextGaussian());
            }
        }

        _coordinates = [new(rows.Rows), new(rows.Rows)];

        // Belkina et al. (Nature Communications 2019) show that it should grow with n / α, and take a quarter of it. Half of it ended
        // mostly lower, by up to 4 %, on factors of items, from 1,500 to 9,000 of them.
        _rate = (float)(rows.Rows / (2 * options.Exaggeration));
    }

    /// <summary>First coordinates, then second ones, [2, points].</summary>
    public FactorTable Positions { get; }

    /// <summary>Moves all points.</summary>
    /// <param name="forces">Their forces where they are.</param>
    /// <param name="exaggeration">What attraction is multiplied with.</param>
    /// <param name="momentum">How much of the last move is made again.</param>
    public void Step(TsneForces forces, double exaggeration, float momentum)
    {
        float attraction = (float)(4 * exaggeration);
        float repulsion = (float)(4 / forces.KernelSum());
        Move(_coordinates[0], Positions.Row(0), forces.AttractionX, forces.RepulsionX);
        Move(_coordinates[1], Positions.Row(1), forces.AttractionY, forces.RepulsionY);

        void Move(Coordinate of, Span<float> at, ReadOnlySpan<float> attracting, ReadOnlySpan<float> repelling)
        {
            double mean = 0;
            for (int point = 0; point < at.Length; point++)
            {
                float gradient = (attraction * attracting[point]) - (repulsion * repelling[point]);
                ref float gain = ref of.Gains[point];
                ref float velocity = ref of.Velocities[point];
                bool isOnItsWay = gradient > 0 != velocity > 0;
                gain = isOnItsWay ? gain + GainStep : Math.Max(gain * GainDecay, MinGain);
                velocity = (momentum * velocity) - (_rate * gain * gradient);
                at[point] = Math.Clamp(at[point] + velocity, -Farthest, Farthest);
                mean += at[point];
            }

            mean /= at.Length;
            foreach (ref float value in at)
            {
                value -= (float)mean;
            }
        }
    }

    private readonly struct Coordinate
    {
        public Coordinate(int count)
        {
            Velocities = new float[count];
            Gains = new float[count];
            Gains.AsSpan().Fill(1);
        }

        public float[] Velocities { get; }

        public float[] Gains { get; }
    }
}
