// SPDX-License-Identifier: Apache-2.0
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;

/**
 * What the jars of a broker bring no script for. Arguments: BOOTSTRAP, then one word an order:
 * {@code create:NAME:PARTITIONS:REPLICAS[:key=value…]}, {@code grow:NAME:PARTITIONS},
 * {@code config:NAME:key=value…}, {@code delete:NAME}.
 */
class KafkaAdmin {
    public static void main(String[] words) throws Exception {
        var properties = new Properties();
        properties.put("bootstrap.servers", words[0]);
        try (var admin = Admin.create(properties)) {
            for (int i = 1; i < words.length; i++) {
                carryOut(admin, words[i].split(":"));
            }
        }
    }

    static void carryOut(Admin admin, String[] order) throws Exception {
        var name = order[1];
        var done = switch (order[0]) {
            case "create" -> admin.createTopics(List.of(topic(order))).all();
            case "grow" -> admin.createPartitions(
                Map.of(name, NewPartitions.increaseTo(Integer.parseInt(order[2])))).all();
            case "config" -> admin.incrementalAlterConfigs(changes(name, order)).all();
            case "delete" -> admin.deleteTopics(List.of(name)).all();
            default -> throw new IllegalArgumentException(order[0]);
        };
        done.get(30, TimeUnit.SECONDS);
    }

    static NewTopic topic(String[] order) {
        var configs = new HashMap<String, String>();
        for (int i = 4; i < order.length; i++) {
            var pair = order[i].split("=", 2);
            configs.put(pair[0], pair[1]);
        }
        return new NewTopic(order[1], Integer.parseInt(order[2]), Short.parseShort(order[3])).configs(configs);
    }

    static Map<ConfigResource, Collection<AlterConfigOp>> changes(String name, String[] order) {
        var operations = new ArrayList<AlterConfigOp>();
        for (int i = 2; i < order.length; i++) {
            var pair = order[i].split("=", 2);
            operations.add(new AlterConfigOp(new ConfigEntry(pair[0], pair[1]), AlterConfigOp.OpType.SET));
        }
        return Map.of(new ConfigResource(ConfigResource.Type.TOPIC, name), operations);
    }
}
