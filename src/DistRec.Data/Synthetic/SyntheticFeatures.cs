using DistRec.Numerics.Random;

namespace DistRec.Data;

/// <summary>Side features of generated users and items that go with their planted factors, so that models can gain from them.</summary>
/// <param name="UserAges">Age bucket of each user: an index of <see cref="AgeNames"/>.</param>
/// <param name="UserGenders">Gender of each user: an index of <see cref="GenderNames"/>.</param>
/// <param name="ItemGenres">Genre of each item: an index of <see cref="GenreNames"/>.</param>
public sealed record SyntheticFeatures(byte[] UserAges, byte[] UserGenders, byte[] ItemGenres)
{
    private const long FeatureStream = 2; // see ActivityPlan for the others of the same purposes
    private const double NoiseShare = 0.5;

    // Upper ends of the buckets, in standard deviations of the latent age.
    private static readonly double[] AgeEnds = [-1.5, -0.6, 0.1, 0.7, 1.1, 1.6];

    /// <summary>Names of the age buckets.</summary>
    public static IReadOnlyList<string> AgeNames { get; } = ["0-17", "18-24", "25-34", "35-44", "45-49", "50-55", "56-"];

    /// <summary>Names of the genders.</summary>
    public static IReadOnlyList<string> GenderNames { get; } = ["F", "M"];

    /// <summary>Names of the genres.</summary>
    public static IReadOnlyList<string> GenreNames { get; } = ["Action", "Adventure", "Animation", "Comedy", "Crime", "Documentary", "Drama", "Fantasy"];

    internal static SyntheticFeatures Draw(SyntheticOptions options, PlantedRatings planted)
    {
        // In units of the factors' own deviation.
        double deviation = Math.Sqrt(Math.Sqrt(options.InteractionVariance / options.Rank));
        double unit = deviation > 0 ? 1 / deviation : 0;
        byte[] ages = new byte[options.UserCount];
        byte[] genders = new byte[options.UserCount];
        for (int user = 0; user < ages.Length; user++)
        {
            var random = new EntityRandom(options.Seed, RandomPurpose.SyntheticUser, user, FeatureStream);
            ReadOnlySpan<float> factors = planted.UserFactors(user);
            genders[user] = (byte)(Latent(factors[0] * unit, ref random) > 0 ? 1 : 0);
            double age = Latent(factors[^1] * unit, ref random);
            ages[user] = (byte)AgeEnds.Count(end => age > end);
        }

        byte[] genres = new byte[options.ItemCount];
        for (int item = 0; item < genres.Length; item++)
        {
            var random = new EntityRandom(options.Seed, RandomPurpose.SyntheticItem, item, FeatureStream);
            ReadOnlySpan<float> factors = planted.ItemFactors(item);
            double best = double.NegativeInfinity;
            for (int genre = 0; genre < GenreNames.Count; genre++)
            {
                // Factors take turns, with the sign flipped when they come round again.
                double sign = genre / factors.Length % 2 == 0 ? 1 : -1;
                double pull = Latent(sign * factors[genre % factors.Length] * unit, ref random);
                if (pull > best)
                {
                    best = pull;
                    genres[item] = (byte)genre;
                }
            }
        }

        return new SyntheticFeatures(ages, genders, genres);
    }

    /// <summary>A standard normal that goes with the factor as far as the noise lets it.</summary>
    private static double Latent(double factor, ref EntityRandom random) =>
        Math.Sqrt(1 - NoiseShare * NoiseShare) * factor + NoiseShare * random.NextGaussian();
}
