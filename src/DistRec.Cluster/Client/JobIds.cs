using System.Globalization;
using System.Security.Cryptography;

namespace DistRec.Cluster.Client;

/// <summary>Names of jobs: the time and a random end, such as <c>20260131-184205-3fa91c</c>.</summary>
public static class JobIds
{
    private const int MaxLength = 64;
    private const int RandomDigits = 6;

    /// <summary>A name that no other job has.</summary>
    public static string Create(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{time.GetUtcNow():yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true)}");
    }

    /// <summary>Whether a job may be called so: 1 to 64 letters, digits and hyphens, no hyphen first.</summary>
    public static bool IsValid(string job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return job.Length is > 0 and <= MaxLength && job[0] != '-'
            && job.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
    }
}
