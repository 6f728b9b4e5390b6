using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>The database's collection of Data Protection keys.</summary>
/// <param name="List">Returns all keys as XML.</param>
/// <param name="Add">Stores a key, given its name and its XML.</param>
public sealed record KeyRingStore(Func<IReadOnlyList<string>> List, Action<string, string> Add);

/// <summary>
/// Configures where Data Protection stores its keys: in the folder <c>DataProtection:Directory</c> if it is set (a copy of the database
/// alone then decrypts nothing), otherwise in the database, which all replicas share. <c>DataProtection:Certificate</c> (a PEM file with
/// its private key) encrypts the keys.
/// </summary>
public static class KeyRingExtensions
{
    /// <summary>Adds Data Protection. A host with several services uses the first store.</summary>
    public static void AddKeyRing(this IHostApplicationBuilder builder, Func<IServiceProvider, KeyRingStore> store)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(Marker)))
            return;
        builder.Services.AddSingleton<Marker>();
        var protection = builder.Services.AddDataProtection().SetApplicationName("MovieLms");
        if (builder.Configuration["DataProtection:Certificate"] is { Length: > 0 } certificate)
            protection.ProtectKeysWithCertificate(X509Certificate2.CreateFromPemFile(certificate));

        if (builder.Configuration["DataProtection:Directory"] is { Length: > 0 } directory)
        {
            protection.PersistKeysToFileSystem(Directory.CreateDirectory(directory));
        }
        else
        {
            builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(services => new ConfigureOptions<KeyManagementOptions>(
                options => options.XmlRepository = new DatabaseRepository(store(services))
            ));
        }
    }

    private sealed class DatabaseRepository(KeyRingStore store) : IXmlRepository
    {
        public IReadOnlyCollection<XElement> GetAllElements() => [.. store.List().Select(xml => XElement.Parse(xml))];

        public void StoreElement(XElement element, string friendlyName) =>
            store.Add(friendlyName, element.ToString(SaveOptions.DisableFormatting));
    }

    private sealed class Marker;
}
